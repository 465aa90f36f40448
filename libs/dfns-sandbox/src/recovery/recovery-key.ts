import { type KeyCredentialAssertion, verifyKeyAssertion } from '../credentials/assertion.js';
import { encodeBase64url } from '../credentials/client-data.js';
import type { Credential } from '../credentials/credential.js';
import { assertionRefused } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';

/** The user's recovery key of this `credId`, if there is one and it is active. */
export function activeRecoveryKey(user: User, id: string | undefined): Credential | undefined {
  return user.credentials.find(({ kind, credId, isActive }) => kind === 'RecoveryKey' && isActive && credId === id);
}

/**
 * The recovery key must have signed base64url of the new credentials' text: as it was sent, or as it reads when it is
 * written again in the same member order (spec 9.8). @throws Refusal 401
 */
export function verifyRecovery(publicKey: string, assertion: KeyCredentialAssertion, texts: string[]): void {
  const reasons = texts.map((text) => {
    try {
      verifyKeyAssertion(publicKey, assertion, encodeBase64url(text));
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (!reasons.includes(undefined)) throw assertionRefused(reasons[0]);
}
