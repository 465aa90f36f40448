import type { User } from '../identities/user-store.js';
import type { Wallet } from '../wallets/wallet-store.js';
import type { Spending } from './holdings.js';
import type { TransactionBody } from './transaction-body.js';
import type { TransferBody } from './transfer-body.js';

/** `Pending → Executing → Broadcasted → Confirmed`; the last two and `Rejected` and `Failed` end it (dfns-api 16.3). */
export type ChainStatus = 'Pending' | 'Executing' | 'Broadcasted' | 'Confirmed' | 'Failed' | 'Rejected';

/** The JSON object that the API returns for a transfer or a transaction (dfns-api 16.2). */
export interface ChainAnswer {
  id: string;
  walletId: string;
  network: string;
  requester: { userId: string; tokenId?: string };
  requestBody: TransferBody | TransactionBody;
  /** Of transfers only. */
  metadata?: { asset: { symbol?: string; decimals?: number; verified?: boolean } };
  status: ChainStatus;
  reason?: string;
  txHash?: string;
  fee?: string;
  dateRequested: string;
  datePolicyResolved?: string;
  dateBroadcasted?: string;
  dateConfirmed?: string;
  approvalId?: string;
  externalId?: string;
  feeSponsorId?: string;
  replacementId?: string;
}

/** Transfers and transactions have ids and idempotency of their own, and the same life. */
export type Thing = 'transfer' | 'transaction';

/** A transfer or a transaction, with what the sandbox needs to carry it out. */
export interface ChainRequest {
  readonly thing: Thing;
  readonly wallet: Wallet;
  readonly requester: User;
  readonly answer: ChainAnswer;
  /** What is moved to `recipient`. Missing for transactions that move nothing the sandbox understands. */
  readonly moved?: Spending;
  readonly recipient?: string;
  /** The request that this one replaces (dfns-api 16.12). */
  readonly replaces?: ChainRequest;
}

/** A copy, since the answer changes with time. */
export const answerOf = ({ answer }: ChainRequest): ChainAnswer => ({ ...answer });

/** Whether it waits for an approval. */
export const isHeld = ({ status, approvalId, datePolicyResolved }: ChainAnswer): boolean =>
  status === 'Pending' && approvalId !== undefined && datePolicyResolved === undefined;
