import { choice, object, optional, text, type ValueOf } from '../bodies/shape.js';
import type { RelyingParty } from '../configuration/sandbox-config.js';
import { checked } from '../journal/call-record.js';
import {
  answersChallenge,
  decodeBase64url,
  expectAllowedOrigin,
  expectClientData,
  parseClientData,
} from './client-data.js';
import type { Credential } from './credential.js';
import { parsePublicKey, verifySignature } from './public-key.js';

const base64url = text({ pattern: /^[\w-]+={0,2}$/ });
const keyAssertion = {
  credId: text(),
  clientData: text(),
  signature: text(),
  algorithm: optional(text()),
};

/** The assertion of a key, in `POST /auth/action` and `POST /auth/recover/user` (dfns-api 7.7). */
export const keyCredentialAssertion = object(keyAssertion);
export type KeyCredentialAssertion = ValueOf<typeof keyCredentialAssertion>;

/** The first or second factor (dfns-api 19.5). Dfns does not support `Password` and `Totp` either. */
export const factorAssertion = choice('kind', {
  Key: { credentialAssertion: keyCredentialAssertion },
  PasswordProtectedKey: { credentialAssertion: keyCredentialAssertion },
  Fido2: {
    credentialAssertion: object({ ...keyAssertion, authenticatorData: text(), userHandle: optional(base64url) }),
  },
});
export type FactorAssertion = ValueOf<typeof factorAssertion>;

/** The body of `POST /auth/action` and `POST /auth/login`: who answers a challenge, and how. */
export const signedChallengeMembers = {
  challengeIdentifier: text(),
  firstFactor: factorAssertion,
  secondFactor: optional(factorAssertion),
};
const signedChallenge = object(signedChallengeMembers);
export type SignedChallenge = ValueOf<typeof signedChallenge>;

type PasskeyAssertion = Extract<FactorAssertion, { kind: 'Fido2' }>['credentialAssertion'];

/**
 * Checks the assertion of a key. The client data must have the type `key.get` and the challenge. The signature covers
 * the bytes of the client data, and is in base64url (dfns-api 7.7).
 * @throws Error with the reason
 */
export function verifyKeyAssertion(publicKey: string, assertion: KeyCredentialAssertion, challenge: string): void {
  const { bytes } = checked('client data', () => expectClientData(assertion.clientData, 'key.get', challenge));
  checked('signature', () => {
    const signature = decodeBase64url(assertion.signature);
    if (!verifySignature(parsePublicKey(publicKey), bytes, signature, assertion.algorithm)) {
      throw new Error('signature does not verify');
    }
  });
}

/** The credential and the user that must have signed, and the challenge. */
interface ExpectedPasskey {
  credential: Credential;
  challenge: string;
  userId: string;
  relyingParty: RelyingParty;
}

/**
 * Checks the assertion of a passkey (dfns-api 8.9), and returns its new signature counter.
 * @throws Error with the reason
 */
export async function verifyPasskeyAssertion(assertion: PasskeyAssertion, expected: ExpectedPasskey): Promise<number> {
  const { challenge, userId, relyingParty } = expected;
  const { credId, publicKey, counter } = expected.credential;
  const { origin } = checked('client data', () => parseClientData(assertion.clientData));
  checked('origin', () => expectAllowedOrigin(relyingParty, origin));
  const verification = {
    response: {
      id: credId,
      rawId: credId,
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: assertion.clientData,
        authenticatorData: assertion.authenticatorData,
        signature: assertion.signature,
      },
    },
    expectedChallenge: (answer: string) => answersChallenge(answer, challenge),
    expectedOrigin: origin,
    expectedRPID: relyingParty.id,
    credential: { id: credId, publicKey: new Uint8Array(decodeBase64url(publicKey)), counter },
  };
  return checked('signature', async () => {
    if (assertion.userHandle && decodeBase64url(assertion.userHandle).toString() !== userId) {
      throw new Error('userHandle belongs to another user');
    }
    // Loaded with the first passkey, as in attestation.ts.
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const { verified, authenticationInfo } = await verifyAuthenticationResponse(verification);
    if (!verified) throw new Error('signature does not verify');
    return authenticationInfo.newCounter;
  });
}
