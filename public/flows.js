import { createPasskey, signWithPasskey } from './passkey.js';
import { createRecoveryKey, newRecoveryCode, openRecoveryKey, signRecovery } from './recovery-key.js';
import { post } from './server.js';

/*
 * Each flow is a ceremony: the server begins it and keeps what is secret, this page answers its challenge, the server
 * ends it. What is signed is what the server began; this page never sends it again.
 */

/** Makes this account a wallet user. Gives the recovery code, which nobody else knows. */
export async function register() {
  const { ceremonyId, challenge } = await post('/me/registration');
  const { code, credentials } = await newCredentials(challenge);
  await post(`/me/registration/${ceremonyId}`, credentials);
  return code;
}

/** Replaces all credentials by new ones. Gives a new recovery code; the old one is worth nothing from then on. */
export async function recover(oldCode) {
  const { ceremonyId, challenge } = await post('/me/recovery');
  const recoveryKey = await openRecoveryKey(challenge.allowedRecoveryCredentials[0], oldCode);
  // The passkeys to be replaced must not keep this device from making a new one.
  const { code, credentials } = await newCredentials({ ...challenge, excludeCredentials: [] });
  await post(`/me/recovery/${ceremonyId}`, await signRecovery(recoveryKey, credentials));
  return code;
}

/** Has a wallet sign a message. */
export async function signMessage(walletId, message) {
  const { signature } = await approve(await post(`/wallets/${walletId}/signatures`, { message }));
  return signature.encoded ?? `r ${signature.r} s ${signature.s}`;
}

/** Adds a passkey, with the approval of one that is there. */
export async function addPasskey(name) {
  const { ceremonyId, challenge } = await post('/me/credentials');
  const passkey = await createPasskey(challenge, name);
  await approve(await post(`/me/credentials/${ceremonyId}`, passkey));
}

async function approve({ ceremonyId, challenge }) {
  return post(`/actions/${ceremonyId}`, await signWithPasskey(challenge));
}

async function newCredentials(challenge) {
  const code = newRecoveryCode();
  const firstFactorCredential = await createPasskey(challenge, 'First passkey');
  const recoveryCredential = await createRecoveryKey(challenge.challenge, code);
  return { code, credentials: { firstFactorCredential, recoveryCredential } };
}
