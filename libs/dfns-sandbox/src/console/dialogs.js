/** The dialog of the page: forms, questions and results. */

import { copyButton, h } from './elements.js';
import { fieldOf, valuesOf } from './forms.js';

const dialog = document.querySelector('#dialog');

function open(...children) {
  dialog.replaceChildren(...children.filter(Boolean));
  if (!dialog.open) dialog.showModal();
}

const heading = (text) => h('h2', { id: 'dialog-title' }, text);
const closeButton = (label) => h('button', { type: 'button', onclick: () => dialog.close() }, label);

/** Asks for the members of a body, or only for a confirmation, and shows a refusal without losing what was typed. */
export function formDialog({ label, words, form = [], schema, isFinal, subject }, act, onDone) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const fields = form.map((name) => fieldOf(name, schema.properties[name], schema.required.includes(name)));
  const element = h(
    'form',
    {},
    heading(isFinal ? `${label} ${subject}?` : label),
    h('p', {}, words),
    fields,
    problem,
    h(
      'p',
      { class: 'buttons' },
      closeButton('Cancel'),
      h('button', { class: isFinal ? 'danger main' : 'main' }, label),
    ),
  );
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const answer = await act(schema && valuesOf(element, schema));
      dialog.close();
      onDone(answer);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  open(element);
}

/** Shows the members of an answer, each with a button to copy it. */
export function resultDialog(title, answer, words) {
  const rows = Object.entries(answer).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return h(
      'div',
      {},
      h('dt', {}, name),
      h(
        'dd',
        {},
        h('pre', { tabindex: '0', role: 'region', 'aria-label': name }, shortened(text)),
        copyButton(name, () => text),
      ),
    );
  });
  open(
    heading(title),
    h('p', {}, words),
    h('dl', { class: 'result' }, rows),
    h('p', { class: 'buttons' }, closeButton('Close')),
  );
}

/** Tokens and private keys are shortened here too. The button copies them in full. */
function shortened(text) {
  if (/PRIVATE KEY/.test(text)) return 'private key (PEM)';
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && text.length > 60 ? `${text.slice(0, 4)}…${text.slice(-4)}` : text;
}

/** Asks for the control token. */
export function tokenDialog(message, onToken) {
  const input = h('input', { id: 'token', type: 'password', required: true, autocomplete: 'off' });
  const element = h(
    'form',
    {},
    heading('Control token'),
    h('p', {}, message),
    h('p', {}, h('label', { for: 'token' }, 'The value of --control-token'), input),
    h('p', { class: 'buttons' }, h('button', { class: 'main' }, 'Open the console')),
  );
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close();
    onToken(input.value);
  });
  open(element);
}
