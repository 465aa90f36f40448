import { createPublicKey, type KeyObject } from 'node:crypto';

/** The pattern of the service account endpoint: SPKI or PKCS#1, literal `\n` allowed (spec 9.3). */
export const PUBLIC_KEY_PEM =
  /^-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\n\r\\]+-----END (RSA )?PUBLIC KEY-----\s?$/;

const SIGNING_KEYS: unknown[] = ['ed25519', 'ed448', 'ec', 'rsa'];

/** The key of a public PEM that can verify signatures. @throws Error for any other text */
export function parsePublicKey(pem: string): KeyObject {
  if (!PUBLIC_KEY_PEM.test(pem)) throw new Error('publicKey is not the PEM of a public key');
  const key = createPublicKey(pem.replaceAll('\\n', '\n'));
  if (!SIGNING_KEYS.includes(key.asymmetricKeyType)) throw new Error('publicKey cannot verify signatures');
  return key;
}
