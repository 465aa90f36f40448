import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { CallJournal } from '../journal/call-journal.js';
import type { ReceivedRequest } from '../journal/call-record.js';
import { Connections } from './connections.js';
import type { DfnsRequest } from './dfns-request.js';

/** The received requests, oldest first. The log takes each request before the sandbox handles it. */
@Injectable()
export class RequestLog {
  readonly requests: ReceivedRequest[] = [];
  readonly #entries = new WeakMap<DfnsRequest, ReceivedRequest>();

  constructor(private readonly config: SandboxConfig) {}

  add(request: DfnsRequest, entry: Omit<ReceivedRequest, 'receivedAt'>): ReceivedRequest {
    const received = { ...entry, receivedAt: this.config.now() };
    this.#entries.set(request, received);
    this.requests.push(received);
    if (this.requests.length > this.config.keepRequests) this.requests.shift();
    return received;
  }

  clear(): void {
    this.requests.length = 0;
  }

  /** Adds to the entry of a request why the sandbox could not handle it. */
  noteProblem(request: DfnsRequest, problem: string): void {
    const entry = this.#entries.get(request);
    if (entry) entry.problem = problem;
  }
}

/** Logs every request, also the requests that end in a fault, and opens its record in the journal. */
@Injectable()
export class RequestLogMiddleware implements NestMiddleware {
  constructor(
    private readonly log: RequestLog,
    private readonly connections: Connections,
    private readonly journal: CallJournal,
  ) {}

  use(request: DfnsRequest, response: ServerResponse, next: () => void): void {
    const received = this.log.add(request, {
      method: request.method,
      path: request.originalUrl,
      headers: request.headers,
      body: request.bodyText,
      connection: this.connections.numberOf(request.socket),
    });
    this.journal.follow(received, response, next);
  }
}
