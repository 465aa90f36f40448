import type { Request } from 'express';

/** The Dfns username of whoever is logged in. The only place in this application that says who a request is for. */
export function sessionUsername(request: Pick<Request, 'session'>): string | undefined {
  return request.session?.username;
}
