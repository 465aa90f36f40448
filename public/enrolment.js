import { createCredentials, createPasskey, newRecoveryCode, openRecoveryKey, recover } from '/dfns-browser/index.js';
import { approve } from './approval.js';
import { byId, show } from './screen.js';
import { post } from './server.js';

/*
 * A person gets a recovery code and a passkey, at the registration and again at each recovery. The person keeps the code
 * first. It counts only when the passkey is made, so a page that is reloaded before has lost nothing.
 */

let code;
let finish;

/** Makes this account a wallet user. */
export function beginRegistration() {
  begin('Keep your recovery code', async () => {
    const { ceremonyId, challenge } = await post('/me/registration');
    const credentials = await createCredentials(challenge, code, { name: 'First passkey' });
    await post(`/me/registration/${ceremonyId}`, credentials);
  });
}

/** Replaces all credentials by new ones, if the code is right. The old code is worth nothing from then on. */
export async function beginRecovery(recoveryCode) {
  const { challenge } = await post('/me/recovery');
  await openRecoveryKey(challenge, recoveryCode);
  begin('Keep your new recovery code', async () => {
    // A new challenge, because the person may have needed long to keep the code.
    const { ceremonyId, challenge } = await post('/me/recovery');
    const codes = { recoveryCode, newRecoveryCode: code };
    await post(`/me/recovery/${ceremonyId}`, await recover(challenge, codes, { name: 'First passkey' }));
  });
}

function begin(title, last) {
  code = newRecoveryCode();
  finish = last;
  byId('recovery-code-title').textContent = title;
  showCode();
}

export function showCode() {
  byId('code').textContent = code;
  show('recovery-code');
}

/** Makes the passkey. From now on the code counts, and this page forgets it. */
export async function finishEnrolment() {
  await finish();
  forgetCode();
}

export function forgetCode() {
  code = finish = undefined;
  byId('code').textContent = '';
}

export const copyCode = async () => navigator.clipboard.writeText(code);

export function saveCode(email) {
  const text = `Recovery code of ${email} at ${location.host}\n\n${code}\n\nKeep it where nobody else finds it.\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'recovery-code.txt';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Adds a passkey, with the approval of a credential that is there. */
export async function addPasskey(name) {
  const { ceremonyId, challenge } = await post('/me/credentials');
  const passkey = await createPasskey(challenge, { name });
  const begun = await post(`/me/credentials/${ceremonyId}`, passkey);
  await approve({ ...begun, request: { method: 'POST', path: '/auth/credentials', body: passkey } });
}
