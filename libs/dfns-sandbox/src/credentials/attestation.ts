import { createHash } from 'node:crypto';
import { parseObject } from '../bodies/json-text.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import type { RelyingParty } from '../configuration/sandbox-config.js';
import {
  answersChallenge,
  decodeBase64url,
  expectAllowedOrigin,
  expectClientData,
  parseClientData,
} from './client-data.js';
import type { Credential } from './credential.js';
import { parsePublicKey, verifySignature } from './public-key.js';

/** The COSE numbers of the algorithms that passkeys may use: ES256 and RS256 (dfns-api 8.8). */
export const PASSKEY_ALGORITHMS = [-7, -257];

export const credentialInfo = object({ credId: text(), clientData: text(), attestationData: text() });
export type CredentialInfo = ValueOf<typeof credentialInfo>;

/**
 * Checks the attestation of a new key. The client data must have the type `key.create` and the challenge. The new key
 * must have signed the fingerprint of client data and public key, and the signature is in hex (dfns-api 8.7).
 * @returns the PEM of the public key
 * @throws Error with the reason
 */
export function verifyKeyAttestation(info: CredentialInfo, challenge: string): string {
  const { bytes } = expectClientData(info.clientData, 'key.create', challenge);
  const { publicKey, signature, algorithm } = parseObject(decodeBase64url(info.attestationData).toString('utf8'));
  if (typeof publicKey !== 'string') throw new Error('attestationData must have a publicKey');
  if (typeof signature !== 'string' || !/^([0-9a-f]{2})+$/i.test(signature)) {
    throw new Error('attestationData must have a signature in hex');
  }
  const fingerprint = JSON.stringify({ clientDataHash: createHash('sha256').update(bytes).digest('hex'), publicKey });
  const digest = algorithm === undefined ? undefined : String(algorithm);
  const key = parsePublicKey(publicKey);
  if (!verifySignature(key, Buffer.from(fingerprint), Buffer.from(signature, 'hex'), digest)) {
    throw new Error('signature does not verify over the fingerprint');
  }
  return publicKey;
}

/**
 * Checks the attestation of a new passkey (dfns-api 8.8), and returns the members to store.
 * @throws Error with the reason
 */
export async function verifyPasskeyAttestation(
  { credId, clientData, attestationData }: CredentialInfo,
  challenge: string,
  relyingParty: RelyingParty,
): Promise<Pick<Credential, 'publicKey' | 'counter' | 'origin'>> {
  const { origin } = parseClientData(clientData);
  expectAllowedOrigin(relyingParty, origin);
  // Loaded with the first passkey: it is a tenth of the time to start.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
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
