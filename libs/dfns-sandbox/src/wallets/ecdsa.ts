import { createECDH, type KeyObject } from 'node:crypto';

/** The order of the curve secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

interface DigestSignature {
  r: Buffer;
  s: Buffer;
  recid: number;
}

/**
 * Signs a digest with a secp256k1 key. `crypto.sign` of Node cannot do this, because it always hashes its input. So
 * Node only multiplies the curve point here. The time that the other steps take depends on the key, so this function is
 * for test keys only.
 */
export function signDigest(privateKey: KeyObject, digest: Buffer): DigestSignature {
  const ephemeral = createECDH('secp256k1');
  const point = ephemeral.generateKeys();
  const k = number(ephemeral.getPrivateKey());
  const d = number(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const r = number(point.subarray(1, 33)) % N;
  const s = (power(k, N - 2n) * (number(digest) + r * d)) % N;
  const isHigh = s > N / 2n;
  const isOdd = (point.at(-1) ?? 0) % 2 === 1;
  return { r: bytes(r), s: bytes(isHigh ? N - s : s), recid: Number(isOdd !== isHigh) };
}

const number = (value: Buffer) => BigInt(`0x${value.toString('hex')}`);
const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

/** `base ** exponent` modulo N. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; square = (square * square) % N, rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
  }
  return result;
}
