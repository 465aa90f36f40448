import { signAction } from '/dfns-browser/index.js';
import { page, post } from './server.js';

/** Set in a demonstration: who signs with a key of the server, and what spoils a signature on its way to Dfns. */
export const demonstration = { person: undefined, change: (assertion) => assertion };

export const isDemoPerson = () => page.person !== undefined && page.person === demonstration.person;

/**
 * Has the person sign what the server began, and hands the signature in. The server keeps the request itself, so what is
 * carried out is what was signed.
 */
export async function approve({ ceremonyId, challenge, request }) {
  const assertion = await signed(challenge);
  dispatchEvent(new CustomEvent('signed', { detail: { request, assertion } }));
  return post(`/actions/${ceremonyId}`, demonstration.change(assertion));
}

async function signed(challenge) {
  if (challenge.allowCredentials.webauthn.length > 0 || !isDemoPerson()) return signAction(challenge);
  return post('/demonstration/signatures', { challenge: challenge.challenge });
}
