import { encodeBase64url } from '../credentials/base64url.js';
import type { KeyCredentialAssertion } from '../credentials/factor-assertion.js';
import { verifyKeyAssertion } from '../credentials/key-assertion.js';
import { assertionRefused } from '../errors/refusals.js';

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
