import type { CredentialKind } from '../credentials/credential-signer.js';
import type { AnswerMembers } from './answer-members.js';
import {
  type CreationChallenge,
  type PasskeyCreationChallenge,
  readCreationChallenge,
  readPasskeyCreationChallenge,
} from './registration-challenge.js';

/** Answer of `POST /auth/credentials/init`; only passkeys get what authenticators want to know (spec 14). */
export type CredentialChallenge = { kind: CredentialKind /** Stays on the server. */; challengeIdentifier: string } & (
  | CreationChallenge
  | PasskeyCreationChallenge
);

/** Reads a {@link CredentialChallenge} for a credential of `kind`. */
export function readCredentialChallenge(answer: AnswerMembers, kind: CredentialKind): CredentialChallenge {
  const options = kind === 'Fido2' ? readPasskeyCreationChallenge(answer) : readCreationChallenge(answer);
  return { kind, challengeIdentifier: answer.text('challengeIdentifier'), ...options };
}
