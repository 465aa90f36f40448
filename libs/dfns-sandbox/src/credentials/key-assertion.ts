import { decodeBase64url } from './base64url.js';
import { expectClientData } from './client-data.js';
import type { KeyCredentialAssertion } from './factor-assertion.js';
import { parsePublicKey } from './public-key.js';
import { verifySignature } from './signature.js';

/**
 * Checks a key's assertion: a `key.get` over `challenge`, and a base64url signature over the client data's bytes
 * (spec 8.3). @throws Error with the reason
 */
export function verifyKeyAssertion(publicKey: string, assertion: KeyCredentialAssertion, challenge: string): void {
  const { bytes } = expectClientData(assertion.clientData, 'key.get', challenge);
  const signature = decodeBase64url(assertion.signature);
  if (!verifySignature(parsePublicKey(publicKey), bytes, signature, assertion.algorithm)) {
    throw new Error('signature does not verify');
  }
}
