import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { refused } from '../journal/call-record.js';
import { Refusal } from './refusals.js';

/** Sends every error, also an unexpected one, as the error envelope of dfns-api 5.1. It logs nothing. */
@Catch()
export class ErrorEnvelopeFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const known = error instanceof HttpException;
    const status = known ? error.getStatus() : 500;
    refused(error instanceof Error ? error.message : String(error));
    const message = known ? error.message : 'Internal Server Error';
    sendEnvelope(response, status, message, error instanceof Refusal ? error.details : undefined);
  }
}

/** Sends `{ error: { id, status, message, details? } }`. */
export function sendEnvelope(response: ServerResponse, status: number, message: string, details?: object): void {
  const body = envelope(status, message, details);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.end(body);
}

export function envelope(status: number, message: string, details?: object): Buffer {
  const id = Array.from({ length: 19 }, (_, at) => randomInt(at === 0 ? 1 : 0, 10)).join('');
  return Buffer.from(JSON.stringify({ error: { id, status, message, details } }));
}
