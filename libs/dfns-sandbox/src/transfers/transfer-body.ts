import { anything, boolean, choice, object, oneOf, optional, type Shape, text } from '../bodies/shape.js';

export const EVM_ADDRESS = /^0x[0-9a-fA-F]{40}$/;

const digits = text({ pattern: /^\d+$/ });
export const evmAddress = text({ pattern: EVM_ADDRESS });
export const priority = { priority: optional(oneOf('Slow', 'Standard', 'Fast')) };
const memo = { memo: optional(text({ min: 0, max: 64, pattern: /^[a-zA-Z0-9]*$/ })) };
const amount = { amount: digits };
const solana = { ...memo, createDestinationAccount: optional(boolean()), useDurableNonce: optional(boolean()) };

/** The members that name the asset of each kind of transfer (dfns-api 16.10). */
export const IDENTITIES: Record<string, string[]> = {
  Native: [],
  Aip21: ['metadata'],
  Asa: ['assetId'],
  Asset: ['assetId'],
  Cip56: ['instrumentAdmin', 'instrumentId'],
  Cis2: ['tokenAddress'],
  Cis7: ['tokenId'],
  Coin: ['coin'],
  Erc20: ['contract'],
  Erc7984: ['contract'],
  Erc721: ['contract', 'tokenId'],
  Hip17: ['tokenId', 'serialNumber'],
  Hts: ['tokenId'],
  Iou: ['currency', 'issuer'],
  Xls33: ['issuanceId'],
  Sep41: ['issuer', 'assetCode'],
  Snip2: ['contract'],
  Snip3: ['contract', 'tokenId'],
  Spl: ['mint'],
  Spl2022: ['mint'],
  Tep74: ['master'],
  Trc10: ['tokenId'],
  Trc20: ['contract'],
  Trc721: ['contract', 'tokenId'],
};

/** Kinds that move one thing, so that they have no amount. */
export const UNIQUE = ['Erc721', 'Hip17', 'Snip3', 'Trc721'];

const EXTRA: Record<string, Record<string, Shape<unknown>>> = {
  Native: { ...priority, ...solana, offer: optional(boolean()), expiresAt: optional(text()) },
  Cip56: { offer: optional(boolean()) },
  Spl: solana,
  Spl2022: solana,
  Erc20: { ...priority, contract: evmAddress, to: evmAddress },
  Erc721: { ...priority, contract: evmAddress, to: evmAddress },
  Erc7984: { ...priority, contract: evmAddress, to: evmAddress },
  ...Object.fromEntries(['Asa', 'Cis7', 'Hip17', 'Hts', 'Iou', 'Xls33', 'Sep41', 'Tep74'].map((kind) => [kind, memo])),
};

const person = object({}, { open: true });
const travelRule = object({
  kind: oneOf('Notabene', 'Sumsub'),
  originator: person,
  beneficiary: person,
  beneficiaryVASPdid: optional(text()),
  beneficiaryProof: optional(anything()),
});
const common = {
  to: text({ pattern: /^\S+$/ }),
  externalId: optional(text({ max: 50 })),
  travelRule: optional(travelRule),
  feeSponsorId: optional(text({ pattern: /^fs-/ })),
};

/** The body of a transfer. Its other members are texts that depend on its kind. */
export interface TransferBody {
  kind: string;
  to: string;
  amount?: string;
  externalId?: string;
  feeSponsorId?: string;
  [member: string]: unknown;
}

const cases = Object.entries(IDENTITIES).map(([kind, identity]) => [
  kind,
  {
    ...common,
    ...Object.fromEntries(identity.map((name) => [name, text()])),
    ...(!UNIQUE.includes(kind) && amount),
    ...EXTRA[kind],
  },
]);
export const transferBody = choice('kind', Object.fromEntries(cases)) as unknown as Shape<TransferBody>;
