import { verifyRegistrationResponse } from '@simplewebauthn/server';
import type { RelyingParty } from '../configuration/sandbox-options.js';
import { answersChallenge, parseClientData } from './client-data.js';
import type { Credential } from './credential.js';
import type { CredentialInfo } from './new-credential.js';
import { PASSKEY_ALGORITHMS } from './passkey-algorithms.js';
import { expectAllowedOrigin } from './relying-party.js';

/** Checks the registration of a passkey (spec 9.6); gives what to keep of it. @throws Error with the reason */
export async function verifyPasskeyAttestation(
  { credId, clientData, attestationData }: CredentialInfo,
  challenge: string,
  relyingParty: RelyingParty,
): Promise<Pick<Credential, 'publicKey' | 'counter' | 'origin'>> {
  const { origin } = parseClientData(clientData);
  expectAllowedOrigin(relyingParty, origin);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id: credId,
      rawId: credId,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: clientData, attestationObject: attestationData },
    },
    expectedChallenge: (answer) => answersChallenge(answer, challenge),
    expectedOrigin: origin,
    expectedRPID: relyingParty.id,
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  });
  if (!verified) throw new Error('attestation does not verify');
  const { id, publicKey, counter } = registrationInfo.credential;
  if (id !== credId) throw new Error('credId is not the id in the attestation');
  return { publicKey: Buffer.from(publicKey).toString('base64url'), counter, origin };
}
