import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Refusal } from '../errors/refusals.js';

/** A request on its way through the sandbox. */
export interface DfnsRequest extends IncomingMessage {
  method: string;
  /** Path and query as they were sent. */
  originalUrl: string;
  /** The body exactly as it was sent: what a user action signs (spec 8.1). */
  bodyText: string;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Reads the body as text and leaves it as it is; up to 1 MiB (spec 17, row 29). */
@Injectable()
export class BodyTextMiddleware implements NestMiddleware {
  use(request: DfnsRequest, _response: ServerResponse, next: (error?: unknown) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.bodyText = '';
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      request.bodyText = Buffer.concat(chunks).toString('utf8');
      next(bytes > MAX_BODY_BYTES ? new Refusal(413, 'Request body is larger than 1 MiB') : undefined);
    });
  }
}
