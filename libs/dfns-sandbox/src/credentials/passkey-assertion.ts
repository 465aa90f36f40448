import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { RelyingParty } from '../configuration/sandbox-options.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { answersChallenge, parseClientData } from './client-data.js';
import type { Credential } from './credential.js';
import type { PasskeyAssertion } from './factor-assertion.js';
import { allowsOrigin } from './relying-party.js';

/** Checks a passkey's assertion (spec 9.6); gives the new signature counter. @throws Error with the reason */
export async function verifyPasskeyAssertion(
  { credId, publicKey, counter }: Credential,
  assertion: PasskeyAssertion,
  challenge: string,
  userId: string,
  relyingParty: RelyingParty,
): Promise<number> {
  const origin = parseClientData(assertion.clientData)?.origin ?? '';
  if (!allowsOrigin(relyingParty, origin)) throw new Error(`origin ${origin} is not allowed`);
  if (assertion.userHandle && assertion.userHandle !== encodeBase64url(userId)) throw new Error('other userHandle');
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
    credential: { id: credId, publicKey: new Uint8Array(decodeBase64url(publicKey) ?? []), counter },
  });
  if (!verified) throw new Error('signature does not verify');
  return authenticationInfo.newCounter;
}
