/** Kinds of credentials that Dfns knows (dfns-api 8.1). */
export type CredentialKind = 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

/** A credential that may answer a challenge. `id` is the credId chosen when the credential was made. */
export interface AllowedCredential {
  type: 'public-key';
  id: string;
}

/** What Dfns asks to be signed before it accepts a write (dfns-api 19.4). */
export interface UserActionChallenge {
  /** Text that is signed as it is: it is base64url already. */
  challenge: string;
  /** Names the challenge in the second step. Stays on the server. */
  challengeIdentifier: string;
  supportedCredentialKinds: {
    kind: CredentialKind | 'Password' | 'Totp';
    factor: 'first' | 'second' | 'either';
    requiresSecondFactor: boolean;
  }[];
  allowCredentials: {
    key: AllowedCredential[];
    webauthn: AllowedCredential[];
    passwordProtectedKey?: (AllowedCredential & { encryptedPrivateKey: string })[];
  };
  userVerification: 'required' | 'preferred' | 'discouraged';
  externalAuthenticationUrl: string;
  attestation?: string;
  rp?: { id: string; name: string };
}

/** A challenge signed by a plain key; all texts base64url. */
export interface KeyAssertion {
  kind: 'Key';
  credentialAssertion: { credId: string; clientData: string; signature: string; algorithm?: string };
}

/** A challenge signed by a passkey; all texts base64url. */
export interface Fido2Assertion {
  kind: 'Fido2';
  credentialAssertion: {
    credId: string;
    clientData: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string;
  };
}

/** What answers a {@link UserActionChallenge}. */
export type FirstFactorAssertion = KeyAssertion | Fido2Assertion;

/**
 * The one seam that touches a private key: put a KMS or an HSM behind it. Same shape as in `@dfns/sdk`, so signers of
 * either side fit the other.
 */
export interface CredentialSigner {
  sign(challenge: UserActionChallenge): Promise<FirstFactorAssertion>;
}
