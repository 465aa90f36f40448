import { page } from './server.js';
import { explain, isLoggedOut } from './words.js';

export const byId = (id) => document.getElementById(id);

const sections = [...document.querySelectorAll('main > section')];
/** Each form of the bank says below itself what happens. The elements are there from the start, for screen readers. */
for (const form of document.querySelectorAll('main form')) form.append(byId('messages').content.cloneNode(true));

let lastPerson;
let isBusy = false;

/** Shows one section, and takes keyboard and screen reader there. */
export function show(id) {
  for (const section of sections) section.hidden = section.id !== id;
  byId('session').hidden = page.person === undefined;
  byId('email').textContent = page.person ?? '';
  byId(`${id}-title`).focus();
}

/** Shows a person who logged in. What somebody else typed before goes. */
export function enter(email) {
  if (lastPerson !== undefined && lastPerson !== email) forget();
  page.person = lastPerson = email;
}

/** Shows the login. What the person typed stays, for the case that the same person logs in again. */
export function leave() {
  page.person = undefined;
  for (const id of ['wallets', 'transfers', 'passkeys', 'code']) byId(id).textContent = '';
  byId('sign-in').email.value = lastPerson ?? '';
  byId('sign-in').password.value = '';
  show('signed-out');
}

/** Leaves nothing of this person on the page for the next one. */
export function forget() {
  for (const form of document.querySelectorAll('main form')) form.reset();
  for (const place of document.querySelectorAll('main form')) say(place, '');
  byId('lost').open = false;
  lastPerson = undefined;
  dispatchEvent(new Event('forgotten'));
}

export function say(form, status, error = '') {
  form.querySelector('.status').textContent = status;
  form.querySelector('.error').textContent = error;
  form.querySelector('.error').hidden = !error;
}

/** Runs what somebody asked for with a form. Meanwhile nothing else can be asked for, and the focus stays. */
export async function run(form, busy, done, action) {
  if (isBusy) return;
  setBusy(true);
  say(form, busy);
  try {
    await action();
    say(form, done);
  } catch (error) {
    say(form, '');
    if (isLoggedOut(error) || error.code === 'OTHER_PERSON') leave();
    say(visible(form), '', explain(error));
  } finally {
    setBusy(false);
  }
}

/** This form, or the first one of the section that replaced its section. */
function visible(form) {
  const section = sections.find(({ hidden }) => !hidden);
  return !section || section.contains(form) ? form : section.querySelector('form');
}

/** A disabled button would lose the focus, so buttons only look disabled. */
function setBusy(busy) {
  isBusy = busy;
  for (const button of document.querySelectorAll('main button, #log-out')) button.setAttribute('aria-disabled', busy);
}
