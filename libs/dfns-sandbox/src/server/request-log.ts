import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Connections } from './connections.js';
import type { DfnsRequest } from './dfns-request.js';

/** One request, exactly as the sandbox received it. */
export interface ReceivedRequest {
  method: string;
  /** The path with the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The text of the body. */
  body: string;
  /** Milliseconds since the epoch, by the clock of the sandbox. */
  receivedAt: number;
  /** The number of the TCP connection. The first connection has number 1. */
  connection: number;
  /** Why the sandbox could not handle the request: it does not know the route. Otherwise it is missing. */
  problem?: string;
}

/** The received requests, oldest first. The log takes each request before the sandbox handles it. */
@Injectable()
export class RequestLog {
  readonly requests: ReceivedRequest[] = [];
  readonly #entries = new WeakMap<DfnsRequest, ReceivedRequest>();

  constructor(private readonly config: SandboxConfig) {}

  add(request: DfnsRequest, received: Omit<ReceivedRequest, 'receivedAt'>): void {
    const entry = { ...received, receivedAt: this.config.now() };
    this.#entries.set(request, entry);
    this.requests.push(entry);
    if (this.requests.length > this.config.keepRequests) this.requests.shift();
  }

  /** Adds to the entry of a request why the sandbox could not handle it. */
  noteProblem(request: DfnsRequest, problem: string): void {
    const entry = this.#entries.get(request);
    if (entry) entry.problem = problem;
  }
}

/** Logs every request, also the requests that end in a fault. */
@Injectable()
export class RequestLogMiddleware implements NestMiddleware {
  constructor(
    private readonly log: RequestLog,
    private readonly connections: Connections,
  ) {}

  use(request: DfnsRequest, _response: ServerResponse, next: () => void): void {
    this.log.add(request, {
      method: request.method,
      path: request.originalUrl,
      headers: request.headers,
      body: request.bodyText,
      connection: this.connections.numberOf(request.socket),
    });
    next();
  }
}
