import { startAuthentication, startRegistration } from '/simplewebauthn/index.js';
import { base64url, utf8 } from './encoding.js';

/** Makes a passkey on this device, as Dfns wants to be told of it. */
export async function createPasskey(challenge, credentialName) {
  const { user, rp, pubKeyCredParams, authenticatorSelection, excludeCredentials, attestation } = challenge;
  const { id, response } = await startRegistration({
    optionsJSON: {
      challenge: challenge.challenge,
      user: { ...user, id: base64url(utf8(user.id)) },
      rp: rp ?? { id: location.hostname, name: document.title },
      pubKeyCredParams,
      authenticatorSelection,
      excludeCredentials,
      attestation,
    },
  });
  return {
    credentialKind: 'Fido2',
    credentialInfo: { credId: id, clientData: response.clientDataJSON, attestationData: response.attestationObject },
    credentialName,
  };
}

/** Has the person sign with one of their passkeys. */
export async function signWithPasskey({ challenge, allowCredentials, userVerification, rp }) {
  const { id, response } = await startAuthentication({
    optionsJSON: {
      challenge,
      allowCredentials: allowCredentials.webauthn,
      userVerification,
      rpId: rp?.id ?? location.hostname,
    },
  });
  const { clientDataJSON: clientData, authenticatorData, signature, userHandle } = response;
  return {
    firstFactor: {
      kind: 'Fido2',
      credentialAssertion: { credId: id, clientData, authenticatorData, signature, ...(userHandle && { userHandle }) },
    },
  };
}
