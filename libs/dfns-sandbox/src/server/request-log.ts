import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';

/** One request as it arrived. */
export interface ReceivedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The body's text. */
  body: string;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  receivedAt: number;
  /** Which TCP connection brought it, counted from 1. */
  connection: number;
}

/** What was received, oldest first, before any answer was thought of. */
@Injectable()
export class RequestLog {
  readonly requests: ReceivedRequest[] = [];

  constructor(private readonly config: SandboxConfig) {}

  add(request: Omit<ReceivedRequest, 'receivedAt'>): void {
    this.requests.push({ ...request, receivedAt: this.config.now() });
    if (this.requests.length > this.config.keepRequests) this.requests.shift();
  }
}
