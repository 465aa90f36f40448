/** Kinds of credentials that Dfns knows (dfns-api 8.1). */
export type CredentialKind = 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

/** A credential that may sign the challenge. `id` is the `credId` of the credential. */
export interface AllowedCredential {
  type: 'public-key';
  id: string;
}

/** The challenge that must be signed before Dfns accepts a write (dfns-api 19.4). */
export interface UserActionChallenge {
  /** Base64url text, which is signed as it is. */
  challenge: string;
  /** Identifies the challenge in `POST /auth/action`. Keep it on the server. */
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
  rp?: { id: string; name: string } | undefined;
}

/** A challenge signed by a key. `credId`, `clientData` and `signature` are base64url. */
export interface KeyAssertion {
  kind: 'Key';
  credentialAssertion: { credId: string; clientData: string; signature: string; algorithm?: string };
}

/** A challenge signed by a passkey. All texts in `credentialAssertion` are base64url. */
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

/** A signed {@link UserActionChallenge}. */
export type FirstFactorAssertion = KeyAssertion | Fido2Assertion;

/**
 * Signs challenges with a private key. Implement it to use a KMS or an HSM. It has the same shape as in `@dfns/sdk`, so
 * signers work with both packages. An error, or a wait over `http.attemptTimeoutMs`, becomes `DFNS_SIGNER_FAILED`.
 */
export interface CredentialSigner {
  /** Signs the client data with the text `challenge.challenge` in it. */
  sign(challenge: UserActionChallenge): Promise<FirstFactorAssertion>;
}
