import { readDescriptor, readRelyingParty } from '../calls/challenge.js';
import type { AllowedCredential, CredentialKind } from '../credentials/credential-signer.js';
import type { AnswerReader } from '../http/answer-reader.js';

/**
 * What a device needs to make credentials: the options of WebAuthn's `create`, as Dfns names them
 * (dfns-api 19.2, 19.8).
 */
export interface CreationChallenge {
  /** Base64url text, which is signed as it is. */
  challenge: string;
  user: { id: string; name: string; displayName: string };
  /** Deprecated at Dfns, and possibly missing. The application knows its own relying party. */
  rp?: { id: string; name: string };
  attestation: string;
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
}

/** A {@link CreationChallenge} with further options for authenticators. */
export interface PasskeyCreationChallenge extends CreationChallenge {
  authenticatorSelection: {
    residentKey: string;
    requireResidentKey: boolean;
    userVerification: string;
    authenticatorAttachment?: string;
  };
  excludeCredentials: AllowedCredential[];
}

/** Answer to a delegated registration. A recovery challenge has the same members and one more. */
export interface RegistrationChallenge extends PasskeyCreationChallenge {
  /** Bearer token for the call that completes the registration or recovery. Keep it on the server. */
  temporaryAuthenticationToken: string;
  supportedCredentialKinds: { firstFactor: string[]; secondFactor: string[] };
}

/** Reads a {@link CreationChallenge}. In older answers the algorithms are named `pubKeyCredParam` (dfns-api 20.7). */
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

/** Reads the members that registration and recovery challenges have in common, except for the token. */
export function readRegistrationOptions(
  answer: AnswerReader,
): Omit<RegistrationChallenge, 'temporaryAuthenticationToken'> {
  const kinds = answer.object('supportedCredentialKinds');
  return {
    ...readPasskeyCreationChallenge(answer),
    supportedCredentialKinds: { firstFactor: kinds.texts('firstFactor'), secondFactor: kinds.texts('secondFactor') },
  };
}

/** Answer to a delegated recovery (dfns-api 19.3). */
export interface RecoveryChallenge extends RegistrationChallenge {
  /** Recovery keys that may sign, with the text that the device decrypts; the text is empty if Dfns keeps none. */
  allowedRecoveryCredentials: { id: string; encryptedRecoveryKey: string }[];
}

/**
 * Answer to `POST /auth/credentials/init`. Only passkeys have the further options for authenticators (dfns-api 19.8).
 */
export type CredentialChallenge = { kind: CredentialKind /** Stays on the server. */; challengeIdentifier: string } & (
  | CreationChallenge
  | PasskeyCreationChallenge
);

/** Reads a {@link CredentialChallenge} for a credential of `kind`. */
export function readCredentialChallenge(answer: AnswerReader, kind: CredentialKind): CredentialChallenge {
  const options = kind === 'Fido2' ? readPasskeyCreationChallenge(answer) : readCreationChallenge(answer);
  return { kind, challengeIdentifier: answer.text('challengeIdentifier'), ...options };
}
