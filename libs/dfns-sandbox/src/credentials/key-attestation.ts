import { createHash } from 'node:crypto';
import { parseObject } from '../bodies/parse-object.js';
import { decodeBase64url } from './base64url.js';
import { expectClientData } from './client-data.js';
import type { CredentialInfo } from './new-credential.js';
import { parsePublicKey } from './public-key.js';
import { verifySignature } from './signature.js';

/**
 * Checks the registration of a key: a `key.create` over `challenge`, and a hex signature over the fingerprint of
 * client data and public key, with the key that is registered (spec 9.5). Gives the public key's PEM.
 * @throws Error with the reason
 */
export function verifyKeyAttestation(info: CredentialInfo, challenge: string): string {
  const { bytes } = expectClientData(info.clientData, 'key.create', challenge);
  const { publicKey, signature, algorithm } = parseObject(decodeBase64url(info.attestationData).toString('utf8'));
  if (typeof publicKey !== 'string') throw new Error('attestationData must have a publicKey');
  if (typeof signature !== 'string' || !/^([0-9a-f]{2})+$/i.test(signature)) {
    throw new Error('attestationData must have a signature in hex');
  }
  const fingerprint = JSON.stringify({ clientDataHash: createHash('sha256').update(bytes).digest('hex'), publicKey });
  const digest = algorithm === undefined ? undefined : String(algorithm);
  const key = parsePublicKey(publicKey);
  if (!verifySignature(key, Buffer.from(fingerprint), Buffer.from(signature, 'hex'), digest)) {
    throw new Error('signature does not verify over the fingerprint');
  }
  return publicKey;
}
