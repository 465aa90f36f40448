import type { Credential } from '../credentials/credential.js';

/** The JSON object that the API returns for a credential (dfns-api 19.10). */
export function credentialAnswer(credential: Credential, relyingPartyId: string) {
  const { kind, credId: credentialId, credentialUuid, dateCreated, isActive, name, publicKey, origin } = credential;
  return {
    kind,
    credentialId,
    credentialUuid,
    dateCreated,
    isActive,
    name,
    publicKey,
    relyingPartyId,
    origin,
  };
}
