import { startDemonstration } from './demonstration.js';
import {
  addPasskey,
  beginRecovery,
  beginRegistration,
  copyCode,
  finishEnrolment,
  forgetCode,
  saveCode,
  showCode,
} from './enrolment.js';
import { refresh, refreshIfPossible, showHome } from './home.js';
import { byId, enter, forget, leave, run, say, show } from './screen.js';
import { get, page, post, remove } from './server.js';
import { act } from './wallet-action.js';

/* What happens when somebody presses a button. */

function onSubmit(id, busy, done, handler) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    const values = new FormData(form, event.submitter);
    run(form, busy, done, () => handler(values, form));
  });
}

function onClick(id, handler) {
  byId(id).addEventListener('click', handler);
}

async function openHome() {
  if (!(await showHome())) beginRegistration();
}

onSubmit('sign-in', 'One moment …', '', async (form, element) => {
  const path = form.get('intent') === 'create' ? '/accounts' : '/session';
  const { email } = await post(path, { email: form.get('email'), password: form.get('password') });
  enter(email);
  element.reset();
  await openHome();
});

onSubmit('retry', 'One moment …', '', openHome);

onSubmit('keep-code', '', '', async () => show('passkey'));
onClick('show-code', showCode);
onClick('save-code', () => saveCode(page.person));
onClick('copy-code', () =>
  copyCode().then(
    () => say(byId('keep-code'), 'Copied.'),
    () => say(byId('keep-code'), '', 'The browser does not let this page copy. Write the code down, or save it.'),
  ),
);

onSubmit('enrol', 'Follow your device …', '', async () => {
  await finishEnrolment();
  await openHome();
  say(byId('act'), 'Your wallet is ready.');
});

onSubmit('act', 'Follow your device …', 'Sent. Dfns has your transfer; it is on its way.', async (form, element) => {
  await act(form);
  element.amount.value = '';
});

onSubmit('look', 'One moment …', '', refresh);

onSubmit(
  'add-passkey',
  'Follow your device: make the passkey, then approve it …',
  'The passkey is added.',
  async (form, element) => {
    await addPasskey(form.get('name'));
    element.reset();
    await refreshIfPossible();
  },
);

onSubmit('recover', 'Opening your recovery key …', '', async (form, element) => {
  await beginRecovery(form.get('code'));
  element.reset();
  byId('lost').open = false;
});

onClick('log-out', () =>
  run(byId('sign-in'), '', 'You are logged out.', async () => {
    await remove('/session');
    leave();
    forget();
    forgetCode();
  }),
);

await startDemonstration();
run(byId('sign-in'), '', '', async () => {
  const { email } = await get('/session').catch((error) => {
    show('signed-out');
    throw error;
  });
  if (email === undefined) return show('signed-out');
  enter(email);
  await openHome();
});
