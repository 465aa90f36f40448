import { addPasskey, recover, register, signMessage } from './flows.js';
import { get, post, remove } from './server.js';

const byId = (id) => document.getElementById(id);
const sections = [...document.querySelectorAll('section')];

/** Leaves nothing of this person on the page for the next one. */
function forget() {
  for (const form of document.forms) form.reset();
  for (const id of ['email', 'code', 'wallets', 'passkeys']) byId(id).textContent = '';
  byId('signature').hidden = true;
  byId('lost').open = false;
  show('signed-out');
}

/** Shows one section, and takes keyboard and screen reader there. */
function show(id) {
  for (const section of sections) section.hidden = section.id !== id;
  byId('session').hidden = id === 'signed-out';
  byId(`${id}-title`).focus();
}

function say(status, error = '') {
  byId('status').textContent = status;
  byId('error').textContent = error;
  byId('error').hidden = !error;
}

/** Runs what somebody asked for; meanwhile nothing else can be asked for. */
async function run(busy, done, action) {
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

/** A list item from a template, with these texts in its elements. */
function item(template, texts) {
  const node = byId(template).content.cloneNode(true);
  for (const [selector, text] of Object.entries(texts)) node.querySelector(selector).textContent = text;
  return node;
}

/** Shows what this person has, or what they lack. */
async function showHome() {
  let me;
  try {
    me = await get('/me');
  } catch (error) {
    if (error.code !== 'DFNS_USER_NOT_FOUND') throw error;
    show('set-up');
    return;
  }
  const wallets = await get('/wallets');
  byId('email').textContent = me.email;
  showWallets(wallets);
  showPasskeys(me.credentials.filter(({ kind, isActive }) => kind === 'Fido2' && isActive));
  byId('lost').hidden = !me.credentials.some(({ kind }) => kind === 'RecoveryKey');
  show('home');
}

function showWallets(wallets) {
  byId('wallets').replaceChildren(
    ...wallets.map(({ name, network, address }) =>
      item('wallet', { strong: name ?? 'Wallet', small: network, code: address ?? 'The address is being made.' }),
    ),
  );
  byId('sign').walletId.replaceChildren(...wallets.map(({ id, name, network }) => new Option(name ?? network, id)));
}

function showPasskeys(passkeys) {
  byId('passkeys').replaceChildren(
    ...passkeys.map(({ name, dateCreated }) =>
      item('passkey', { strong: name, small: `since ${new Date(dateCreated).toLocaleDateString()}` }),
    ),
  );
  const canSign = passkeys.length > 0;
  byId('no-passkey').hidden = canSign;
  byId('sign').hidden = byId('add-passkey').hidden = !canSign;
}

function showCode(code) {
  byId('code').textContent = code;
  show('recovery-code');
}

function onSubmit(id, handler) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    handler(new FormData(event.target, event.submitter), event.target);
  });
}

function onClick(id, handler) {
  byId(id).addEventListener('click', handler);
}

onSubmit('sign-in', (form, element) =>
  run('One moment …', '', async () => {
    const { email } = await post(form.get('intent') === 'create' ? '/accounts' : '/session', {
      email: form.get('email'),
      password: form.get('password'),
    });
    byId('email').textContent = email;
    element.reset();
    await showHome();
  }),
);

onClick('register', () =>
  run('Follow your device …', 'Your passkey and your wallet are ready.', async () => showCode(await register())),
);

onClick('code-kept', () =>
  run('One moment …', '', async () => {
    byId('code').textContent = '';
    await showHome();
  }),
);

onSubmit('sign', (form) =>
  run('Follow your device …', 'Signed.', async () => {
    byId('signature').hidden = true;
    byId('signature').querySelector('output').textContent = await signMessage(
      form.get('walletId'),
      form.get('message'),
    );
    byId('signature').hidden = false;
  }),
);

onSubmit('add-passkey', (form, element) =>
  run('Follow your device: first make the new passkey, then approve it …', 'The passkey is added.', async () => {
    await addPasskey(form.get('name'));
    element.reset();
    await showHome();
  }),
);

onSubmit('recover', (form, element) =>
  run('Opening your recovery key …', 'You are back. This is your new recovery code.', async () => {
    const code = await recover(form.get('code'));
    element.reset();
    byId('lost').open = false;
    byId('signature').hidden = true;
    showCode(code);
  }),
);

onClick('log-out', () =>
  run('One moment …', 'You are logged out.', async () => {
    await remove('/session');
    forget();
  }),
);

run('One moment …', '', () =>
  showHome().catch((error) => {
    if (error.status !== 401) throw error;
    forget();
  }),
);
