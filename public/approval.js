import { signAction } from '/dfns-browser/index.js';
import { post } from './server.js';

/** Set by the demonstration: spoils a signature on its way, to show that Dfns notices. */
export const interception = { change: (assertion) => assertion };

/**
 * Has the person sign what the server began, and hands the signature in. The server keeps the request itself, so what is
 * carried out is what was signed.
 */
export async function approve({ ceremonyId, challenge, request }) {
  const assertion = await signed(challenge);
  dispatchEvent(new CustomEvent('signed', { detail: { request, assertion } }));
  return post(`/actions/${ceremonyId}`, interception.change(assertion));
}

async function signed(challenge) {
  const { webauthn, key } = challenge.allowCredentials;
  if (webauthn.length > 0 || key.length === 0) return signAction(challenge);
  // Only the demo account has a key and no passkey. The server signs for it.
  return post('/demonstration/signatures', { challenge: challenge.challenge });
}
