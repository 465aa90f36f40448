import { createPublicKey, type KeyObject } from 'node:crypto';

/** The pattern of the service account endpoint: SPKI or PKCS#1, literal `\n` allowed (spec 9.3). */
export const PUBLIC_KEY_PEM =
  /^-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\n\r\\]+-----END (RSA )?PUBLIC KEY-----\s?$/;

const SIGNING_KEYS: unknown[] = ['ed25519', 'ed448', 'ec', 'rsa'];

/** The key of a public PEM that can verify signatures; nothing for any other text. */
export function parsePublicKey(pem: string): KeyObject | undefined {
  if (!PUBLIC_KEY_PEM.test(pem)) return undefined;
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'));
    return SIGNING_KEYS.includes(key.asymmetricKeyType) ? key : undefined;
  } catch {
    return undefined;
  }
}
