import type { AnswerReader } from '../http/answer-reader.js';

/** Answer to a delegated login: a user token. It can read as the user; writes also need a signature of the user. */
export interface DelegatedLoginResponse {
  token: string;
}

/** A wallet (dfns-api 19.13). */
export interface Wallet {
  id: string;
  network: string;
  status: string;
  /** Missing while the key of the wallet is being created. */
  address?: string;
  name?: string;
  /** False for a wallet from which only its user can spend. */
  custodial: boolean;
  signingKey: { id: string; scheme: string; curve: string; publicKey: string };
  /** ISO 8601. */
  dateCreated: string;
}

export function readWallet(wallet: AnswerReader): Wallet {
  wallet.object('signingKey').text('id');
  return wallet.whole<Wallet>({ texts: ['id', 'network', 'status', 'dateCreated'], flags: ['custodial'] });
}

/** Answer to a registration and to a recovery; `credential` is the first factor (dfns-api 19.7). */
export interface RegistrationResult {
  credential: { uuid: string; kind: string; name: string };
  user: { id: string; username: string; orgId: string };
}

/** Answer to a recovery; `credential` is the first of the new credentials. */
export type RecoveryResult = RegistrationResult;

/** Answer to a registration with wallets. */
export interface EndUserRegistrationResult extends RegistrationResult {
  /** A user token. Keep it on the server. */
  authentication: { token: string };
  wallets: Wallet[];
}

/** Reads a {@link RegistrationResult}. In older answers the kind is named `credentialKind` (dfns-api 20.8). */
export function readRegistrationResult(answer: AnswerReader): RegistrationResult {
  const credential = answer.object('credential');
  const user = answer.object('user');
  return {
    credential: {
      uuid: credential.text('uuid'),
      kind: credential.text(credential.has('kind') ? 'kind' : 'credentialKind'),
      name: credential.text('name'),
    },
    user: { id: user.text('id'), username: user.text('username'), orgId: user.text('orgId') },
  };
}

/** Reads an {@link EndUserRegistrationResult}, except for the token. */
export function readEndUserRegistrationResult(answer: AnswerReader): Omit<EndUserRegistrationResult, 'authentication'> {
  return { ...readRegistrationResult(answer), wallets: answer.list('wallets', readWallet) };
}
