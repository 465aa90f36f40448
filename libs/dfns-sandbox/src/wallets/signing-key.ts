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
  name?: string;
  /** The id of the only end user who may see and use the key. It never changes once it is set. */
  delegatedTo?: string;
  /** Whether the key was made to be delegated later. */
  readonly isForDelegation: boolean;
}

/** How a new key is made, besides its scheme. */
export interface KeyRequest {
  name?: string;
  /** The user id of an end user. */
  delegateTo?: string;
  /** @default false */
  delayDelegation?: boolean;
  /** @default a new id */
  id?: string;
  /** @default a new private key */
  privateKey?: KeyObject;
}

/** @throws Error if the private key is not on the curve */
export function makeSigningKey(scheme: KeyScheme, dateCreated: string, request: KeyRequest): SigningKey {
  const privateKey = request.privateKey ?? newPrivateKey(scheme);
  const { x = '', y = '', crv } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv?.toLowerCase() !== scheme.curve) throw new Error(`privateKey is not on the curve ${scheme.curve}`);
  const xHex = Buffer.from(x, 'base64url').toString('hex');
  const prefix = y && (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 0 ? '02' : '03';
  return {
    ...scheme,
    id: request.id ?? identifier('key'),
    privateKey,
    publicKey: scheme.curve === 'ed25519' ? xHex : prefix + xHex,
    dateCreated,
    isForDelegation: request.delayDelegation ?? false,
    ...(request.name !== undefined && { name: request.name }),
    ...(request.delegateTo !== undefined && { delegatedTo: request.delegateTo }),
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

/** The JSON object that the API returns for a key (dfns-api 19.14). */
export const keyAnswer = ({ id, scheme, curve, publicKey, delegatedTo, dateCreated, name }: SigningKey) => ({
  id,
  scheme,
  curve,
  publicKey,
  name,
  status: 'Active',
  custodial: delegatedTo === undefined,
  dateCreated,
});
