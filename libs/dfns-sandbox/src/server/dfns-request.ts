import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Refusal } from '../errors/refusals.js';

/** A request that the sandbox handles. */
export interface DfnsRequest extends IncomingMessage {
  method: string;
  /** The path and the query, exactly as the client sent them. */
  originalUrl: string;
  /** The body, exactly as the client sent it. A user action signs this text (dfns-api 7.3). */
  bodyText: string;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Reads the body as text, up to 1 MiB, and does not parse it (dfns-api 21.23). */
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
      const body = Buffer.concat(chunks);
      request.bodyText = body.toString('utf8');
      if (bytes > MAX_BODY_BYTES) next(new Refusal(413, 'Request body is larger than 1 MiB'));
      else next(isUtf8(body) ? undefined : new Refusal(400, 'Request body is not UTF-8'));
    });
  }
}
