import { demonstration } from './approval.js';
import { base64url, fromBase64url } from './encoding.js';
import { followRequest, showHolders } from './holders.js';
import { item, known } from './home.js';
import { byId } from './screen.js';
import { get, page, put } from './server.js';
import { dfnsStep, FAILURE_WORDS, pageRequest, templateOf } from './story.js';
import { verify } from './verify.js';

/* The other side of the page: what happens between browser, bank and Dfns. The bank works without it. */

const MAX_SHOWN = 30;

let lastId = 0;
let lastSignature;

/** Shows the panel, if the server says that this is a demonstration. */
export async function startDemonstration() {
  const about = await get('/demonstration').catch(() => ({ isOn: false }));
  if (!about.isOn) return;
  byId('unreal').hidden = byId('panel').hidden = byId('demo').hidden = false;
  document.body.classList.add('demonstration');
  demonstration.person = about.account.email;
  if (about.console) Object.assign(byId('console'), { href: about.console, hidden: false });
  byId('use-demo').addEventListener('click', () => {
    byId('sign-in').email.value = about.account.email;
    byId('sign-in').password.value = about.account.password;
    byId('sign-in').querySelector('button').focus();
  });
  if (about.payee) {
    const { to } = byId('act');
    to.defaultValue = about.payee;
    byId('payee').hidden = false;
    to.addEventListener('input', () => Object.assign(byId('payee'), { hidden: to.value !== about.payee }));
  }
  showFailures(about);
  showHolders();
  addEventListener('answered', ({ detail }) => detail.request.includes('/demonstration') || showRequests());
  addEventListener('signed', ({ detail }) => showSignature(detail));
  addEventListener('forgotten', () => forgetRequests());
  byId('verify').addEventListener('click', () => showVerified(lastSignature.assertion));
  byId('verify-changed').addEventListener('click', () => showVerified(withOneByteChanged(lastSignature.assertion)));
}

async function showRequests() {
  const query = new URLSearchParams({ tab: page.tab, after: lastId });
  const traced = await get(`/demonstration/requests?${query}`).catch(() => []);
  for (const each of traced.filter(({ id }) => id > lastId)) {
    lastId = each.id;
    if (each.operation.includes('/demonstration')) continue;
    byId('requests').prepend(requestItem(each));
    if (isTelling(each)) openNewest();
    byId('requests').children[MAX_SHOWN]?.remove();
    followRequest(each);
  }
  showHolders();
  byId('nothing-yet').hidden = byId('requests').children.length > 0;
}

/** A read that works as always is folded. */
const isTelling = ({ operation, status, token }) => !operation.startsWith('GET ') || status >= 400 || token === 'miss';

function openNewest() {
  for (const [at, details] of byId('requests').querySelectorAll('details').entries()) details.open = at === 0;
}

function requestItem(traced) {
  const { operation, status, durationMs, steps } = traced;
  const node = item('request', {
    code: templateOf(operation),
    '.outcome': status,
    '.ms': ms(durationMs),
    '.why': pageRequest(traced),
  });
  node.querySelector('.outcome').classList.toggle('failed', status >= 400);
  node.querySelector('ol').append(...steps.map((step, at) => stepItem(step, steps[at - 1], operation)));
  return node;
}

function stepItem(step, previous, operation) {
  const { outcome, upstreamStatus, durationMs } = step;
  const node = item('step', {
    code: step.operation,
    '.outcome': outcome === 'ok' ? 'ok' : `${upstreamStatus ?? ''} ${outcome}`,
    '.ms': ms(durationMs),
    '.why': isRepeated(step, previous) ? 'Tries once more.' : dfnsStep(step, operation),
  });
  node.querySelector('.outcome').classList.toggle('failed', outcome !== 'ok');
  return node;
}

const isRepeated = (step, previous) => previous?.operation === step.operation && previous.outcome !== 'ok';
const ms = (duration) => (duration < 1 ? 'under 1 ms' : `${Math.round(duration)} ms`);

function showSignature({ request, assertion }) {
  lastSignature = { assertion };
  const { kind, credentialAssertion } = assertion.firstFactor;
  const clientData = new TextDecoder().decode(fromBase64url(credentialAssertion.clientData));
  byId('signer').textContent =
    kind === 'Fido2'
      ? `your passkey ${nameOf(credentialAssertion.credId)}`
      : 'the key of the demo account, on the server';
  byId('signed-request').textContent =
    `${request.method} ${request.path}\n${JSON.stringify(request.body, shortened, 2)}`;
  byId('signed-data').textContent = JSON.stringify(JSON.parse(clientData), undefined, 2);
  byId('verified').textContent = '';
  byId('last-signature').hidden = false;
}

const shortened = (_key, value) =>
  typeof value === 'string' && value.length > 120 ? `${value.slice(0, 117)}…` : value;
const nameOf = (id) => known.credentials?.find(({ credentialId }) => credentialId === id)?.name ?? '';

async function showVerified({ firstFactor }) {
  const { credId } = firstFactor.credentialAssertion;
  const credential = known.credentials?.find(({ credentialId }) => credentialId === credId);
  const isRight = credential && (await verify(firstFactor, credential.publicKey));
  byId('verified').textContent = isRight
    ? 'Right: your browser checked it with the public key that Dfns has.'
    : 'Wrong: this signature does not fit what was signed.';
  byId('verified').className = isRight ? 'right' : 'wrong';
}

function withOneByteChanged({ firstFactor }) {
  const { credentialAssertion, kind } = firstFactor;
  const signature = fromBase64url(credentialAssertion.signature);
  signature[signature.length - 1] ^= 1;
  const changed = { ...credentialAssertion, signature: base64url(signature) };
  return { firstFactor: { kind, credentialAssertion: changed } };
}

function showFailures({ failures, failure }) {
  byId('failure-choices').append(
    ...failures.map((value) => {
      const node = item('choice', { span: FAILURE_WORDS[value] ?? value });
      Object.assign(node.querySelector('input'), { value, checked: value === failure });
      return node;
    }),
  );
  byId('failure-choices').addEventListener('change', ({ target }) =>
    put('/demonstration/failure', { failure: target.value }),
  );
  demonstration.change = (assertion) => {
    if (!byId('spoil').checked) return assertion;
    byId('spoil').checked = false;
    return withOneByteChanged(assertion);
  };
}

function forgetRequests() {
  for (const id of ['requests', 'signer', 'signed-request', 'signed-data', 'verified']) byId(id).textContent = '';
  byId('nothing-yet').hidden = false;
  byId('last-signature').hidden = true;
  lastSignature = undefined;
  known.credentials = undefined;
  showHolders();
}
