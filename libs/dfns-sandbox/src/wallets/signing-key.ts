import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { identifier } from '../configuration/identifier.js';
import type { KeyScheme } from './networks.js';

/** The key of a wallet. Dfns keeps the private key. */
export interface SigningKey extends KeyScheme {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** In hex: the compressed point, or the 32 bytes of an Ed25519 key. */
  readonly publicKey: string;
  readonly dateCreated: string;
  /** The id of the only end user who may see and use the key. */
  readonly delegatedTo?: string;
}

/** @param given an id and a private key. Without them the key gets a new id and a new private key. @throws Error */
export function makeSigningKey(
  scheme: KeyScheme,
  dateCreated: string,
  delegatedTo?: string,
  given: { id?: string; privateKey?: KeyObject } = {},
): SigningKey {
  const privateKey = given.privateKey ?? newPrivateKey(scheme);
  const { x = '', y = '', crv } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv?.toLowerCase() !== scheme.curve) throw new Error(`privateKey is not on the curve ${scheme.curve}`);
  const xHex = Buffer.from(x, 'base64url').toString('hex');
  const prefix = y && (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 0 ? '02' : '03';
  return {
    ...scheme,
    id: given.id ?? identifier('key'),
    privateKey,
    publicKey: scheme.curve === 'ed25519' ? xHex : prefix + xHex,
    dateCreated,
    ...(delegatedTo && { delegatedTo }),
  };
}

function newPrivateKey({ curve }: KeyScheme): KeyObject {
  if (curve === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('ec', { namedCurve: curve }).privateKey;
}

/** Makes an address that only looks like a real one. Real addresses need the hash function of the chain. */
export function addressOf({ curve, publicKey }: SigningKey): string {
  if (curve === 'ed25519') return publicKey;
  return `0x${createHash('sha256').update(publicKey, 'hex').digest('hex').slice(-40)}`;
}
