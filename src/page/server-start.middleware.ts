import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

/** Another value after each start, so that a page can tell that the accounts in memory are gone. */
const START = randomUUID();

export const serverStart: RequestHandler = (_request, response, next) => {
  response.set('X-Server-Start', START);
  next();
};
