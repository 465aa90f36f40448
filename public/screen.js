export const byId = (id) => document.getElementById(id);

const sections = [...document.querySelectorAll('section')];

/** Shows one section, and takes keyboard and screen reader there. */
export function show(id) {
  for (const section of sections) section.hidden = section.id !== id;
  byId('session').hidden = id === 'signed-out';
  byId(`${id}-title`).focus();
}

/** Leaves nothing of this person on the page for the next one. */
export function forget() {
  for (const form of document.forms) form.reset();
  for (const id of ['email', 'code', 'wallets', 'passkeys']) byId(id).textContent = '';
  byId('signature').hidden = true;
  byId('lost').open = false;
  show('signed-out');
}

function say(status, error = '') {
  byId('status').textContent = status;
  byId('error').textContent = error;
  byId('error').hidden = !error;
}

/** Runs what somebody asked for; meanwhile nothing else can be asked for. */
export async function run(busy, done, action) {
  const buttons = [...document.querySelectorAll('button')].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  say(busy);
  try {
    await action();
    say(done);
  } catch (error) {
    say('', error.name === 'NotAllowedError' ? 'The passkey was not used: cancelled, or timed out.' : error.message);
    if (error.status === 401 && byId('signed-out').hidden) forget();
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}
