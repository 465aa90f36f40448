import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parsePublicKey } from '../credentials/public-key.js';

/** The key of a new user or service account. */
export interface KeyMaterial {
  credId: string;
  /** PEM. */
  publicKey: string;
  /** PKCS#8 PEM. It is set when the sandbox made the key pair. */
  privateKey?: string;
}

/** Takes the given public key, or makes an Ed25519 key pair. @throws Error if the given key cannot verify signatures */
export function keyMaterial({ publicKey, credId }: { publicKey?: string; credId?: string }): KeyMaterial {
  const id = credId ?? randomBytes(32).toString('base64url');
  if (publicKey !== undefined) {
    parsePublicKey(publicKey);
    return { credId: id, publicKey };
  }
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { credId: id, ...pair };
}
