import { promisify } from 'node:util';
import type { Request } from 'express';
import type { Account } from '../accounts/accounts.js';

/** Starts a new session for an account; an earlier session id is worth nothing from then on. */
export async function openSession(request: Request, { email, username }: Account): Promise<{ email: string }> {
  await promisify(request.session.regenerate.bind(request.session))();
  Object.assign(request.session, { email, username });
  return { email };
}
