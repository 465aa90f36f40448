import { promisify } from 'node:util';
import type { Request } from 'express';
import type { Account } from '../accounts/accounts.js';
import type { SessionView } from './session-view.js';

/** Starts a new session for an account. An earlier session id is no longer valid. */
export async function openSession(request: Request, { email, username }: Account): Promise<SessionView> {
  await promisify(request.session.regenerate.bind(request.session))();
  Object.assign(request.session, { email, username });
  return { email };
}
