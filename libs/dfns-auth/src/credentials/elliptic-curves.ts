import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/**
 * Signing as Dfns expects it (dfns-api 8.2), in JavaScript: Ed25519 over the raw message with a raw signature of 64
 * bytes, ECDSA over SHA-256 with an ASN.1 DER signature. Every option is explicit, so that an upgrade of the library
 * cannot change what is sent. No other file imports `@noble/curves`.
 */
export interface EllipticCurve {
  isValidSecretKey(secretKey: Uint8Array): boolean;
  /** Ed25519: 32 bytes. ECDSA: the uncompressed point, 65 bytes. */
  publicKey(secretKey: Uint8Array): Uint8Array;
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/**
 * Window of the table that a curve computes before its first multiplication, in bits. The default is larger: then every
 * start takes tens of milliseconds longer, and only a portable signature is a little faster.
 */
const WINDOW_BITS = 4;

for (const { Point } of [ed25519, p256, secp256k1]) Point.BASE.precompute(WINDOW_BITS);

/** Curves by their names in JSON Web Keys. */
export const ELLIPTIC_CURVES: Readonly<Record<'Ed25519' | 'P-256' | 'secp256k1', EllipticCurve>> = {
  Ed25519: {
    isValidSecretKey: (secretKey) => ed25519.utils.isValidSecretKey(secretKey),
    publicKey: (secretKey) => ed25519.getPublicKey(secretKey),
    sign: (message, secretKey) => ed25519.sign(message, secretKey),
    verify: (signature, message, publicKey) => ed25519.verify(signature, message, publicKey),
  },
  'P-256': ecdsa(p256),
  secp256k1: ecdsa(secp256k1),
};

function ecdsa(curve: typeof p256): EllipticCurve {
  return {
    isValidSecretKey: (secretKey) => curve.utils.isValidSecretKey(secretKey),
    publicKey: (secretKey) => curve.getPublicKey(secretKey, false),
    sign: (message, secretKey) => curve.sign(message, secretKey, { prehash: true, lowS: true, format: 'der' }),
    // `node:crypto` makes a high S in half of the signatures. They are valid too.
    verify: (signature, message, publicKey) =>
      curve.verify(signature, message, publicKey, { prehash: true, lowS: false, format: 'der' }),
  };
}
