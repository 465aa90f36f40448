import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { RelyingParty } from '../configuration/sandbox-options.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { answersChallenge, parseClientData } from './client-data.js';
import type { Credential } from './credential.js';
import type { PasskeyAssertion } from './factor-assertion.js';
import { expectAllowedOrigin } from './relying-party.js';

/** Who signs what, as the server sees it. */
export interface ExpectedPasskey {
  credential: Credential;
  challenge: string;
  userId: string;
  relyingParty: RelyingParty;
}

/** Checks a passkey's assertion (spec 9.6); gives the new signature counter. @throws Error with the reason */
export async function verifyPasskeyAssertion(assertion: PasskeyAssertion, expected: ExpectedPasskey): Promise<number> {
  const { challenge, userId, relyingParty } = expected;
  const { credId, publicKey, counter } = expected.credential;
  const { origin } = parseClientData(assertion.clientData);
  expectAllowedOrigin(relyingParty, origin);
  if (assertion.userHandle && assertion.userHandle !== encodeBase64url(userId)) {
    throw new Error('userHandle is of another user');
  }
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id: credId,
      rawId: credId,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: assertion.clientData,
        authenticatorData: assertion.authenticatorData,
        signature: assertion.signature,
      },
    },
    expectedChallenge: (answer) => answersChallenge(answer, challenge),
    expectedOrigin: origin,
    expectedRPID: relyingParty.id,
    credential: { id: credId, publicKey: new Uint8Array(decodeBase64url(publicKey)), counter },
  });
  if (!verified) throw new Error('signature does not verify');
  return authenticationInfo.newCounter;
}
