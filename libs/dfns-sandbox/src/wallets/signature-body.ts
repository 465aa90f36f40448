import { anything, choice, optional, text, type ValueOf } from '../bodies/shape.js';

const hex = (pattern = /^(0x)?([0-9a-f]{2})*$/i) => text({ pattern });
const any = anything();
const common = { network: optional(text()), blockchainKind: optional(text()), externalId: optional(text()) };

/** The bodies of signature requests (spec 14, SignatureBody). */
export const signatureBody = choice('kind', {
  Hash: { ...common, hash: hex(/^(0x)?[0-9a-f]{64}$/i), taprootMerkleRoot: optional(text({ min: 0 })) },
  Message: { ...common, message: hex() },
  Transaction: { ...common, transaction: any },
  Eip191: { ...common, message: hex() },
  Eip712: { ...common, types: any, domain: any, message: any },
  Eip7702: { ...common, address: text(), nonce: any, chainId: any },
  Snip12: { ...common, primaryType: text(), types: any, domain: any, message: any },
  Psbt: { ...common, psbt: hex() },
  Bip322: { ...common, message: text({ min: 0 }), format: optional(text()) },
  SignDocDirect: { ...common, signDoc: text() },
  SignerPayload: { ...common, payload: any },
  Cip8: { ...common, context: text(), payload: optional(any), externalAad: optional(text({ min: 0 })) },
});
export type SignatureBody = ValueOf<typeof signatureBody>;
