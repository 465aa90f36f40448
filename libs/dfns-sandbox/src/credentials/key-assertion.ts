import { decodeBase64url } from './base64url.js';
import { clientDataProblem, parseClientData } from './client-data.js';
import type { KeyCredentialAssertion } from './factor-assertion.js';
import { parsePublicKey } from './public-key.js';
import { verifySignature } from './signature.js';

/** Why a key's assertion is refused, if so: a `key.get` over `challenge`, base64url signature over the client data's bytes. */
export function keyAssertionProblem(
  publicKey: string,
  assertion: KeyCredentialAssertion,
  challenge: string,
): string | undefined {
  const clientData = parseClientData(assertion.clientData);
  if (!clientData) return 'clientData is not base64url of a JSON object';
  const problem = clientDataProblem(clientData, 'key.get', challenge);
  if (problem) return problem;
  const key = parsePublicKey(publicKey);
  const signature = decodeBase64url(assertion.signature);
  if (!key || !signature) return 'signature is not base64url';
  const isGenuine = verifySignature(key, clientData.bytes, signature, assertion.algorithm);
  return isGenuine ? undefined : 'signature does not verify';
}
