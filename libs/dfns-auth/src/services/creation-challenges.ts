import { readDescriptor, readRelyingParty } from '../calls/challenge.js';
import type { AllowedCredential, CredentialKind } from '../credentials/credential-signer.js';
import type { AnswerReader } from '../http/answer-reader.js';

/** What a device needs to make credentials: the options of WebAuthn's `create`, in the words of Dfns (dfns-api 19.2, 19.8). */
export interface CreationChallenge {
  /** Text that is signed as it is: it is base64url already. */
  challenge: string;
  user: { id: string; name: string; displayName: string };
  /** Deprecated at Dfns, and possibly missing: the application knows its relying party. */
  rp?: { id: string; name: string };
  attestation: string;
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
}

/** A {@link CreationChallenge} with what authenticators want to know beside. */
export interface PasskeyCreationChallenge extends CreationChallenge {
  authenticatorSelection: {
    residentKey: string;
    requireResidentKey: boolean;
    userVerification: string;
    authenticatorAttachment?: string;
  };
  excludeCredentials: AllowedCredential[];
}

/** Answer of a delegated registration, and what a recovery challenge has in common with it. */
export interface RegistrationChallenge extends PasskeyCreationChallenge {
  /** Bearer of the completing call. Stays on the server. */
  temporaryAuthenticationToken: string;
  supportedCredentialKinds: { firstFactor: string[]; secondFactor: string[] };
}

/** Reads a {@link CreationChallenge}. Older answers name the algorithms `pubKeyCredParam` (dfns-api 20.7). */
export function readCreationChallenge(answer: AnswerReader): CreationChallenge {
  const user = answer.object('user');
  const algorithms = answer.has('pubKeyCredParams') ? 'pubKeyCredParams' : 'pubKeyCredParam';
  return {
    challenge: answer.text('challenge'),
    user: { id: user.text('id'), name: user.text('name'), displayName: user.text('displayName') },
    ...(answer.has('rp') && { rp: readRelyingParty(answer.object('rp')) }),
    attestation: answer.optionalText('attestation') ?? 'none',
    pubKeyCredParams: answer.list(algorithms, (item) => ({ type: 'public-key', alg: item.number('alg') })),
  };
}

/** Reads a {@link PasskeyCreationChallenge}. */
export function readPasskeyCreationChallenge(answer: AnswerReader): PasskeyCreationChallenge {
  const selection = answer.object('authenticatorSelection');
  const attachment = selection.optionalText('authenticatorAttachment');
  return {
    ...readCreationChallenge(answer),
    authenticatorSelection: {
      residentKey: selection.text('residentKey'),
      requireResidentKey: selection.flag('requireResidentKey'),
      userVerification: selection.text('userVerification'),
      ...(attachment !== undefined && { authenticatorAttachment: attachment }),
    },
    excludeCredentials: answer.list('excludeCredentials', readDescriptor),
  };
}

/** Reads what a registration and a recovery challenge have in common, except for the token. */
export function readRegistrationOptions(
  answer: AnswerReader,
): Omit<RegistrationChallenge, 'temporaryAuthenticationToken'> {
  const kinds = answer.object('supportedCredentialKinds');
  return {
    ...readPasskeyCreationChallenge(answer),
    supportedCredentialKinds: { firstFactor: kinds.texts('firstFactor'), secondFactor: kinds.texts('secondFactor') },
  };
}

/** Answer of a delegated recovery (dfns-api 19.3). */
export interface RecoveryChallenge extends RegistrationChallenge {
  /** Recovery keys that may sign, with what the device needs to open them; empty where Dfns keeps nothing. */
  allowedRecoveryCredentials: { id: string; encryptedRecoveryKey: string }[];
}

/** Answer of `POST /auth/credentials/init`; only passkeys get what authenticators want to know (dfns-api 19.8). */
export type CredentialChallenge = { kind: CredentialKind /** Stays on the server. */; challengeIdentifier: string } & (
  | CreationChallenge
  | PasskeyCreationChallenge
);

/** Reads a {@link CredentialChallenge} for a credential of `kind`. */
export function readCredentialChallenge(answer: AnswerReader, kind: CredentialKind): CredentialChallenge {
  const options = kind === 'Fido2' ? readPasskeyCreationChallenge(answer) : readCreationChallenge(answer);
  return { kind, challengeIdentifier: answer.text('challengeIdentifier'), ...options };
}
