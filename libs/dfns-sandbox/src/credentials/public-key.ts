import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { satisfying } from '../bodies/shape.js';

/**
 * The pattern of the service account endpoint: SPKI or PKCS#1. The two characters `\n` may stand for a line break
 * (dfns-api 8.4).
 */
const PUBLIC_KEY_PEM = /^-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\n\r\\]+-----END (RSA )?PUBLIC KEY-----\s?$/;

const SIGNING_KEYS: unknown[] = ['ed25519', 'ed448', 'ec', 'rsa'];

/**
 * Reads the PEM of a public key.
 * @throws Error if the text is not such a PEM, or if the key cannot verify signatures
 */
export function parsePublicKey(pem: string): KeyObject {
  if (!PUBLIC_KEY_PEM.test(pem)) throw new Error('publicKey is not the PEM of a public key');
  const key = createPublicKey(pem.replaceAll('\\n', '\n'));
  if (!SIGNING_KEYS.includes(key.asymmetricKeyType)) throw new Error('publicKey cannot verify signatures');
  return key;
}

/** The public key of a service account or of a personal access token, in a body. */
export const publicKeyMember = satisfying<string>('the PEM of a public signing key', (value) => {
  try {
    return Boolean(parsePublicKey(String(value)));
  } catch {
    return false;
  }
});

const DIGESTS: Record<string, string> = { 'RSA-SHA256': 'sha256', SHA256: 'sha256', SHA512: 'sha512' };

/**
 * Verifies a signature: raw bytes for Ed25519, DER for ECDSA, PKCS#1 v1.5 for RSA (dfns-api 8.2). `algorithm` names the
 * digest. Without `algorithm` the digest is SHA-256, and keys on Edwards curves use no digest.
 */
export function verifySignature(key: KeyObject, data: Buffer, signature: Buffer, algorithm?: string): boolean {
  const usual = key.asymmetricKeyType?.startsWith('ed') ? null : 'sha256';
  const digest = algorithm === undefined ? usual : DIGESTS[algorithm];
  if (digest === undefined) return false;
  try {
    return verify(digest, data, key, signature);
  } catch {
    return false;
  }
}
