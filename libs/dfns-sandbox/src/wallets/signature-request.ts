import { createHash, sign } from 'node:crypto';
import { anything, choice, optional, text, type ValueOf } from '../bodies/shape.js';
import { bodyInvalid } from '../errors/refusals.js';
import { signDigest } from './ecdsa.js';
import type { SigningKey } from './signing-key.js';

const hexText = (pattern = /^(0x)?([0-9a-f]{2})*$/i) => text({ pattern });
const any = anything();
const common = { network: optional(text()), blockchainKind: optional(text()), externalId: optional(text()) };

/** The bodies of signature requests (dfns-api 19.15). */
export const signatureBody = choice('kind', {
  Hash: { ...common, hash: hexText(/^(0x)?[0-9a-f]{64}$/i), taprootMerkleRoot: optional(text({ min: 0 })) },
  Message: { ...common, message: hexText() },
  Transaction: { ...common, transaction: any },
  Eip191: { ...common, message: hexText() },
  Eip712: { ...common, types: any, domain: any, message: any },
  Eip7702: { ...common, address: text(), nonce: any, chainId: any },
  Snip12: { ...common, primaryType: text(), types: any, domain: any, message: any },
  Psbt: { ...common, psbt: hexText() },
  Bip322: { ...common, message: text({ min: 0 }), format: optional(text()) },
  SignDocDirect: { ...common, signDoc: text() },
  SignerPayload: { ...common, payload: any },
  Cip8: { ...common, context: text(), payload: optional(any), externalAad: optional(text({ min: 0 })) },
});
export type SignatureBody = ValueOf<typeof signatureBody>;

/** @throws Refusal 400 for a `Message` and an ECDSA key, because such a key signs digests only */
export function expectSignable(key: SigningKey, body: SignatureBody): void {
  if (body.kind === 'Message' && key.scheme === 'ECDSA') throw bodyInvalid(['body.kind Message needs an EdDSA key']);
}

/**
 * Makes a real signature, and returns it with the signed bytes. For `Hash` and `Message` these are the bytes of the
 * request. The sandbox does not know the encodings of the chains. For the other kinds it signs SHA-256 of the JSON.
 */
export function signRequest(key: SigningKey, body: SignatureBody) {
  const data = signedData(body);
  const signature = key.scheme === 'EdDSA' ? signEdwards(key, data) : signElliptic(key, data);
  return { signature, signedData: hex(data) };
}

function signedData(body: SignatureBody): Buffer {
  if (body.kind === 'Hash') return fromHex(body.hash);
  if (body.kind === 'Message') return fromHex(body.message);
  return createHash('sha256').update(JSON.stringify(body)).digest();
}

function signEdwards({ privateKey }: SigningKey, data: Buffer) {
  const signature = sign(null, data, privateKey);
  return { r: hex(signature.subarray(0, 32)), s: hex(signature.subarray(32)), encoded: hex(signature) };
}

function signElliptic({ privateKey }: SigningKey, digest: Buffer) {
  const { r, s, recid } = signDigest(privateKey, digest);
  return { r: hex(r), s: hex(s), recid, encoded: hex(Buffer.concat([r, s, Buffer.from([recid])])) };
}

const hex = (bytes: Buffer) => `0x${bytes.toString('hex')}`;
const fromHex = (text: string) => Buffer.from(text.replace(/^0x/i, ''), 'hex');
