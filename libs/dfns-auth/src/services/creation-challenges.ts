import { readDescriptors, readRelyingParty } from '../calls/challenge.js';
import type { AllowedCredential, CredentialKind } from '../credentials/credential-signer.js';
import { readTokenClaims } from '../credentials/token-claims.js';
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
  rp?: { id: string; name: string } | undefined;
  attestation: string;
  /** If it is empty, authenticators use their default algorithms. */
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
}

/** A {@link CreationChallenge} with further options for authenticators. */
export interface PasskeyCreationChallenge extends CreationChallenge {
  /** A member that Dfns did not send is missing; WebAuthn has a default for each. */
  authenticatorSelection: {
    residentKey?: string;
    requireResidentKey?: boolean;
    userVerification?: string;
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

/** What is known of the user without the answer. */
interface KnownUser {
  userId?: string | undefined;
  username?: string | undefined;
}

/**
 * Reads a {@link CreationChallenge}. Only the challenge and the id of the user must be there. In older answers the
 * algorithms are named `pubKeyCredParam` (dfns-api 20.7).
 */
function readCreationChallenge(answer: AnswerReader, { userId, username = '' }: KnownUser = {}): CreationChallenge {
  const user = answer.optionalObject('user');
  const name = user.optionalText('name') ?? user.optionalText('displayName') ?? username;
  const algorithms = answer.has('pubKeyCredParams') ? 'pubKeyCredParams' : 'pubKeyCredParam';
  return {
    challenge: answer.nonEmptyText('challenge'),
    user: {
      id: user.optionalText('id') ?? userId ?? user.text('id'),
      name,
      displayName: user.optionalText('displayName') ?? name,
    },
    ...readRelyingParty(answer),
    attestation: answer.optionalText('attestation') ?? 'none',
    pubKeyCredParams: answer.optionalList(algorithms, readAlgorithm).flat(),
  };
}

function readAlgorithm(item: AnswerReader): CreationChallenge['pubKeyCredParams'] {
  const alg = item.optionalNumber('alg');
  return alg === undefined ? [] : [{ type: 'public-key', alg }];
}

function readPasskeyCreationChallenge(answer: AnswerReader, known?: KnownUser): PasskeyCreationChallenge {
  const selection = answer.optionalObject('authenticatorSelection');
  const requireResidentKey = selection.optionalFlag('requireResidentKey');
  return {
    ...readCreationChallenge(answer, known),
    authenticatorSelection: {
      ...optionalTexts(selection, ['residentKey', 'userVerification', 'authenticatorAttachment']),
      ...(requireResidentKey !== undefined && { requireResidentKey }),
    },
    excludeCredentials: readDescriptors(answer, 'excludeCredentials'),
  };
}

/** The named texts that the answer has. */
function optionalTexts<N extends string>(answer: AnswerReader, names: N[]): Partial<Record<N, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = answer.optionalText(name);
      return text === undefined ? [] : [[name, text]];
    }),
  ) as Partial<Record<N, string>>;
}

/**
 * Reads the members that registration and recovery challenges have in common, except for the token. What the answer does
 * not say about the user is taken from the token.
 */
export function readRegistrationOptions(
  answer: AnswerReader,
  temporaryToken: string,
): Omit<RegistrationChallenge, 'temporaryAuthenticationToken'> {
  const kinds = answer.optionalObject('supportedCredentialKinds');
  return {
    ...readPasskeyCreationChallenge(answer, readTokenClaims(temporaryToken)),
    supportedCredentialKinds: {
      firstFactor: kinds.optionalTexts('firstFactor'),
      secondFactor: kinds.optionalTexts('secondFactor'),
    },
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
  return { kind, challengeIdentifier: answer.nonEmptyText('challengeIdentifier'), ...options };
}
