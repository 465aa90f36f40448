import { type KeyObject, verify } from 'node:crypto';

const DIGESTS: Record<string, string> = { 'RSA-SHA256': 'sha256', SHA256: 'sha256', SHA512: 'sha512' };

/**
 * Ed25519 raw, ECDSA as DER, RSA as PKCS#1 v1.5 (spec 9.2). Without `algorithm` the key decides: none for Edwards
 * curves, SHA-256 for the others.
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
