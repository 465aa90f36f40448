import type { AnswerMembers } from './answer-members.js';
import { readWallet, type Wallet } from './wallet.js';

/** Answer of a registration and of a recovery; `credential` is the first factor (spec 14). */
export interface RegistrationResult {
  credential: { uuid: string; kind: string; name: string };
  user: { id: string; username: string; orgId: string };
}

/** Answer of a registration with wallets. */
export interface EndUserRegistrationResult extends RegistrationResult {
  /** A user token. Stays on the server. */
  authentication: { token: string };
  wallets: Wallet[];
}

/** Reads a {@link RegistrationResult}. Older answers name the kind `credentialKind` (spec 16, row 10). */
export function readRegistrationResult(answer: AnswerMembers): RegistrationResult {
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
export function readEndUserRegistrationResult(
  answer: AnswerMembers,
): Omit<EndUserRegistrationResult, 'authentication'> {
  return { ...readRegistrationResult(answer), wallets: answer.list('wallets', readWallet) };
}
