import type { RelyingParty } from '../configuration/sandbox-config.js';
import type { Credential } from '../credentials/credential.js';

/** The answer with a challenge that a user action or a login signs (dfns-api 19.4). `credentials` may sign it. */
export function signingChallenge(
  opened: { challenge: string; challengeIdentifier: string },
  { id, name }: RelyingParty,
  credentials: readonly Credential[],
) {
  return {
    ...opened,
    rp: { id, name },
    supportedCredentialKinds: ['Fido2', 'Key', 'PasswordProtectedKey'].map((kind) => ({
      kind,
      factor: 'either',
      requiresSecondFactor: false,
    })),
    userVerification: 'required',
    attestation: 'none',
    allowCredentials: allowCredentials(credentials),
    externalAuthenticationUrl: '',
  };
}

function allowCredentials(credentials: readonly Credential[]) {
  const ofKind = (kind: string) =>
    credentials
      .filter((credential) => credential.kind === kind)
      .map(({ credId, encryptedPrivateKey }) => ({ type: 'public-key', id: credId, encryptedPrivateKey }));
  return { key: ofKind('Key'), passwordProtectedKey: ofKind('PasswordProtectedKey'), webauthn: ofKind('Fido2') };
}
