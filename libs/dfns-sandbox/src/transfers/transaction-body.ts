import { choice, object, optional, type Shape, satisfying, text } from '../bodies/shape.js';
import { evmAddress, priority } from './transfer-body.js';

const hexOrDigits = optional(text({ pattern: /^(0x[0-9a-fA-F]+|\d+)$/ }));
const externalId = { externalId: optional(text({ max: 50 })) };
const evm = {
  ...externalId,
  to: optional(evmAddress),
  value: hexOrDigits,
  data: optional(text({ pattern: /^0x([0-9a-fA-F]{2})*$/ })),
  nonce: optional(
    satisfying<number | string>('a number, as a number or a text', (value) =>
      /^(0x[0-9a-f]+|\d+)$/i.test(String(value)),
    ),
  ),
  gasLimit: hexOrDigits,
};
const textOrObject = satisfying<string | object>('a text or an object', (value) => {
  return (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null);
});

/** The body of a transaction. Its other members depend on its kind (dfns-api 16.11). */
export interface TransactionBody {
  kind: string;
  to?: string;
  value?: string;
  externalId?: string;
  feeSponsorId?: string;
  [member: string]: unknown;
}

const operation = object({ to: evmAddress, value: hexOrDigits, data: evm.data });
export const transactionBody = choice('kind', {
  Transaction: { ...externalId, transaction: textOrObject },
  Evm: evm,
  Eip1559: { ...evm, maxFeePerGas: hexOrDigits, maxPriorityFeePerGas: hexOrDigits },
  Psbt: { ...externalId, psbt: text() },
  SignDocDirect: { ...externalId, signDoc: text() },
  FunctionCall: { ...externalId, call: object({}, { open: true }) },
  TransferPreapproval: externalId,
  UserOperations: {
    ...externalId,
    userOperations: satisfying<object[]>('a list of user operations', (value) => {
      return Array.isArray(value) && value.every((one) => operation.problems(one, '').length === 0);
    }),
    feeSponsorId: text({ pattern: /^fs-/ }),
  },
  CreateSolanaNonceAccounts: {
    ...externalId,
    ...priority,
    nonceAuthority: optional(text()),
    count: optional(
      satisfying<number>('a whole number from 1', (value) => Number.isInteger(value) && Number(value) > 0),
    ),
  },
}) as unknown as Shape<TransactionBody>;
