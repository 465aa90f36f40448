import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parsePublicKey } from '../credentials/public-key.js';

/** The key of an identity that somebody asked the sandbox for. */
export interface KeyMaterial {
  credId: string;
  /** PEM. */
  publicKey: string;
  /** PKCS#8 PEM, when the sandbox made the pair. */
  privateKey?: string;
}

/** The given public key, or a new Ed25519 pair. @throws Error for what is no public key that can verify */
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
