import type { Request } from 'express';

/** The Dfns username of the user who is logged in. No other code decides for whom a request is made. */
export function sessionUsername(request: Pick<Request, 'session'>): string | undefined {
  return request.session?.username;
}
