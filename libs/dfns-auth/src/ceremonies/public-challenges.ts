import type { UserActionChallenge } from '../credentials/credential-signer.js';
import type { CredentialChallenge, RecoveryChallenge, RegistrationChallenge } from '../services/creation-challenges.js';

/*
 * The parts of challenges that a browser may get. They are copied by name, so a new member of Dfns stays on the server.
 */

/** A registration challenge for a browser. */
export type PublicRegistrationChallenge = Omit<RegistrationChallenge, 'temporaryAuthenticationToken'>;

export function publicRegistrationChallenge(challenge: RegistrationChallenge): PublicRegistrationChallenge {
  return {
    challenge: challenge.challenge,
    user: challenge.user,
    rp: challenge.rp,
    attestation: challenge.attestation,
    pubKeyCredParams: challenge.pubKeyCredParams,
    authenticatorSelection: challenge.authenticatorSelection,
    excludeCredentials: challenge.excludeCredentials,
    supportedCredentialKinds: challenge.supportedCredentialKinds,
  };
}

/** A recovery challenge for a browser, which decrypts the recovery key in it. */
export type PublicRecoveryChallenge = Omit<RecoveryChallenge, 'temporaryAuthenticationToken'>;

export function publicRecoveryChallenge(challenge: RecoveryChallenge): PublicRecoveryChallenge {
  return {
    ...publicRegistrationChallenge(challenge),
    allowedRecoveryCredentials: challenge.allowedRecoveryCredentials,
  };
}

/** A challenge for one more credential, for a browser. */
export type PublicCredentialChallenge = Omit<CredentialChallenge, 'challengeIdentifier'>;

export function publicCredentialChallenge(challenge: CredentialChallenge): PublicCredentialChallenge {
  return {
    kind: challenge.kind,
    challenge: challenge.challenge,
    user: challenge.user,
    rp: challenge.rp,
    attestation: challenge.attestation,
    pubKeyCredParams: challenge.pubKeyCredParams,
    ...('authenticatorSelection' in challenge && {
      authenticatorSelection: challenge.authenticatorSelection,
      excludeCredentials: challenge.excludeCredentials,
    }),
  };
}

/** A user action challenge for a browser. */
export type PublicUserActionChallenge = Omit<UserActionChallenge, 'challengeIdentifier'>;

export function publicUserActionChallenge(challenge: UserActionChallenge): PublicUserActionChallenge {
  return {
    challenge: challenge.challenge,
    rp: challenge.rp,
    supportedCredentialKinds: challenge.supportedCredentialKinds,
    userVerification: challenge.userVerification,
    attestation: challenge.attestation,
    allowCredentials: challenge.allowCredentials,
    externalAuthenticationUrl: challenge.externalAuthenticationUrl,
  };
}
