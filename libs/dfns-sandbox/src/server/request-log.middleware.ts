import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Connections } from './connections.js';
import type { DfnsRequest } from './dfns-request.js';
import { RequestLog } from './request-log.js';

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
