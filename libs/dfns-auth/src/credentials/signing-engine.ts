import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { DfnsError } from '../errors/dfns-error.js';
import { ELLIPTIC_CURVES, type EllipticCurve } from './elliptic-curves.js';

/** Signs a message in the form that Dfns verifies for this kind of key (dfns-api 8.2). */
export type SigningEngine = (message: Uint8Array) => Uint8Array;

const PROBE = Buffer.from('nestjs-dfns-auth probe');

/**
 * Selects the implementation that signs with `key`: `node:crypto` (native) or `@noble/curves` (portable). The portable
 * one derives the public key and verifies a test signature of the native one. If that succeeds, the native one signs,
 * because it is about 25 times faster on Ed25519 and P-256. Otherwise the portable one signs, for example if the
 * runtime does not support the curve. RSA has only the native implementation, which verifies its own test signature.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` if the public part of the key does not belong to the secret part
 */
export function signingEngine(key: KeyObject, native: SigningEngine = nativeEngine(key)): SigningEngine {
  if (key.asymmetricKeyType === 'rsa') {
    if (!verify('sha256', PROBE, createPublicKey(key), native(PROBE))) throw disagreement();
    return native;
  }
  const { curve, secretKey, publicKey } = portableKey(key);
  if (!curve.isValidSecretKey(secretKey) || !Buffer.from(curve.publicKey(secretKey)).equals(publicKey)) {
    throw disagreement();
  }
  return agrees(native, curve, publicKey) ? native : (message) => curve.sign(message, secretKey);
}

function nativeEngine(key: KeyObject): SigningEngine {
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return (message) => sign(digest, message, key);
}

function agrees(native: SigningEngine, curve: EllipticCurve, publicKey: Uint8Array): boolean {
  try {
    return curve.verify(native(PROBE), PROBE, publicKey);
  } catch {
    return false;
  }
}

function portableKey(key: KeyObject): { curve: EllipticCurve; secretKey: Buffer; publicKey: Buffer } {
  const { crv, d, x, y } = key.export({ format: 'jwk' }) as Record<'crv' | 'd' | 'x' | 'y', string | undefined>;
  const point = [x, y].filter((coordinate) => coordinate !== undefined).map((text) => Buffer.from(text, 'base64url'));
  return {
    curve: ELLIPTIC_CURVES[crv as keyof typeof ELLIPTIC_CURVES],
    secretKey: Buffer.from(d ?? '', 'base64url'),
    publicKey: y === undefined ? Buffer.concat(point) : Buffer.concat([Buffer.of(4), ...point]),
  };
}

function disagreement(): DfnsError {
  return new DfnsError(
    'DFNS_CONFIGURATION',
    'the private key is inconsistent: its public part does not belong to its secret part; make a new key',
  );
}
