import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parsePublicKey } from '../credentials/public-key.js';
import { Refusal } from '../errors/refusal.js';

/** The key of an identity that somebody asked the sandbox for. */
export interface KeyMaterial {
  credId: string;
  /** PEM. */
  publicKey: string;
  /** PKCS#8 PEM, when the sandbox made the pair. */
  privateKey?: string;
}

/** The given public key, or a new Ed25519 pair. @throws Refusal 400 for what is no public key that can verify */
export function keyMaterial({ publicKey, credId }: { publicKey?: string; credId?: string }): KeyMaterial {
  const id = credId ?? randomBytes(32).toString('base64url');
  if (publicKey !== undefined) {
    if (!parsePublicKey(publicKey)) throw new Refusal(400, 'publicKey is not the PEM of a public signing key');
    return { credId: id, publicKey };
  }
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { credId: id, ...pair };
}
