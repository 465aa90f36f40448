import { addPasskey, recover, register, signMessage } from './flows.js';
import { showHome } from './home.js';
import { byId, forget, run, show } from './screen.js';
import { post, remove } from './server.js';

/* What happens when somebody presses a button. */

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
