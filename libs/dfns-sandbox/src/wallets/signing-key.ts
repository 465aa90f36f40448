import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { identifier } from '../configuration/identifier.js';
import type { KeyScheme } from './networks.js';

/** A key that Dfns holds for a wallet. */
export interface SigningKey extends KeyScheme {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** Hex: the compressed point, or the 32 bytes of an Edwards key. */
  readonly publicKey: string;
  readonly dateCreated: string;
  /** Only this end user may see and use it. */
  readonly delegatedTo?: string;
}

/** A new key of the sandbox's own. */
export function makeSigningKey(scheme: KeyScheme, dateCreated: string, delegatedTo?: string): SigningKey {
  const { privateKey, publicKey } =
    scheme.curve === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: scheme.curve });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const xHex = Buffer.from(x, 'base64url').toString('hex');
  const prefix = y && (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 0 ? '02' : '03';
  return {
    ...scheme,
    id: identifier('key'),
    privateKey,
    publicKey: scheme.curve === 'ed25519' ? xHex : prefix + xHex,
    dateCreated,
    ...(delegatedTo && { delegatedTo }),
  };
}

/** An address that looks the part; real ones need each chain's own hash. */
export function addressOf({ curve, publicKey }: SigningKey): string {
  if (curve === 'ed25519') return publicKey;
  return `0x${createHash('sha256').update(publicKey, 'hex').digest('hex').slice(-40)}`;
}
