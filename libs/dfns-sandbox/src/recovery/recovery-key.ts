import type { Credential } from '../credentials/credential.js';
import type { User } from '../identities/user.js';

/** The user's recovery key of this `credId`, if there is one and it is active. */
export function activeRecoveryKey(user: User, id: string | undefined): Credential | undefined {
  return user.credentials.find(({ kind, credId, isActive }) => kind === 'RecoveryKey' && isActive && credId === id);
}
