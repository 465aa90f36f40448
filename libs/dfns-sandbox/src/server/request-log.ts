import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Connections } from './connections.js';
import type { DfnsRequest } from './dfns-request.js';

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

/** Writes every request down, also those that a fault swallows. */
@Injectable()
export class RequestLogMiddleware implements NestMiddleware {
  constructor(
    private readonly log: RequestLog,
    private readonly connections: Connections,
  ) {}

  use(request: DfnsRequest, _response: ServerResponse, next: () => void): void {
    this.log.add({
      method: request.method,
      path: request.originalUrl,
      headers: request.headers,
      body: request.bodyText,
      connection: this.connections.numberOf(request.socket),
    });
    next();
  }
}
