import type { AnswerMembers } from './answer-members.js';

/** A wallet (spec 14). */
export interface Wallet {
  id: string;
  network: string;
  status: string;
  /** Missing while its key is being made. */
  address?: string;
  name?: string;
  /** False for a wallet that only its user can spend from. */
  custodial: boolean;
  signingKey: { id: string; scheme: string; curve: string; publicKey: string };
  /** ISO 8601. */
  dateCreated: string;
}

/** Reads a {@link Wallet}. */
export function readWallet(wallet: AnswerMembers): Wallet {
  wallet.object('signingKey').text('id');
  return wallet.whole<Wallet>({ texts: ['id', 'network', 'status', 'dateCreated'], flags: ['custodial'] });
}
