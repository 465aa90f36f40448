import { isUsable } from '../credentials/credential.js';
import { noUsableCredential, userDeactivated, userNotFound } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';

/** @throws Refusal 400 or 401, as dfns-api 9.1 */
export function assertCanLogIn(user: User): void {
  if (!user.isActive) throw userDeactivated();
  if (!user.credentials.some(isUsable)) throw noUsableCredential();
}

/** The person who logs in alone. A service account cannot. @throws Refusal 401, and as {@link assertCanLogIn} */
export function personWhoLogsIn(user: User | undefined): User {
  if (!user || user.isArchived || user.isServiceAccount) throw userNotFound();
  assertCanLogIn(user);
  return user;
}
