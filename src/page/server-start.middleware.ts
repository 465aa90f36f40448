import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

/** Sends another value after each start, so that a page can tell that the accounts in memory are gone. */
export function serverStart(): RequestHandler {
  const start = randomUUID();
  return (_request, response, next) => {
    response.set('X-Server-Start', start);
    next();
  };
}
