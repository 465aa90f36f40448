import { type KeyCredentialAssertion, verifyKeyAssertion } from '../credentials/assertion.js';
import { encodeBase64url } from '../credentials/client-data.js';
import type { Credential } from '../credentials/credential.js';
import { assertionRefused } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';

/** Finds the active recovery key of a user by its `credId`. */
export function activeRecoveryKey(user: User, id: string | undefined): Credential | undefined {
  return user.credentials.find(({ kind, credId, isActive }) => kind === 'RecoveryKey' && isActive && credId === id);
}

/**
 * Checks that the recovery key signed the new credentials. The challenge is base64url of their JSON text. `texts` are
 * the accepted forms of this text: as the client sent it, and written again without white space (dfns-api 8.11).
 * @throws Refusal 401
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
