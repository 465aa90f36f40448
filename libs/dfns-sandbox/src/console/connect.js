/** The view that connects an application: its variables, and the keys of the users that the sandbox began with. */

import { copyButton, h, redraw, withSecrets } from './elements.js';
import { ask } from './server.js';

let seeded = { serviceAccounts: [], users: [] };
let organisation = '';
let containers = [];

export function setSeeded(content) {
  seeded = content;
  containers = containers.filter((container) => container.isConnected);
  for (const container of containers) redraw(container, contentOf());
}

/** Draws the view. */
export function connectView(orgId) {
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, 'Connect'),
      h('p', {}, 'What an application needs to use this sandbox in place of Dfns.'),
    ),
    connectElement(orgId),
    h(
      'p',
      { class: 'note' },
      'Programs can do all that this console does: see the ',
      h('a', { href: 'openapi.json' }, 'OpenAPI document'),
      '.',
    ),
  ];
}

/** The variables and the keys. They follow a reset. */
export function connectElement(orgId) {
  organisation = orgId;
  const container = h('div', { class: 'connect' }, contentOf());
  containers.push(container);
  return container;
}

function contentOf() {
  const [account] = seeded.serviceAccounts;
  return [
    block('The variables of a back end', variablesOf(account)),
    !account &&
      h('p', {}, 'A back end also needs a service account: ', h('a', { href: './#service-accounts' }, 'add one'), '.'),
    ...seeded.users.filter(({ privateKey }) => privateKey).map(userElement),
  ];
}

function variablesOf(account) {
  const lines = [`DFNS_API_URL=${location.origin}`, `DFNS_ORG_ID=${organisation}`];
  if (account) lines.push(`DFNS_AUTH_TOKEN=${account.authToken}`, `DFNS_CRED_ID=${account.credId}`);
  if (account?.privateKey) lines.push(`DFNS_PRIVATE_KEY="${account.privateKey.trim()}"`);
  return lines.join('\n');
}

const userElement = ({ username, credId, privateKey }) =>
  block(`${username} signs with this software key`, `credId: ${credId}\nprivateKey: ${privateKey.trim()}`);

function block(title, text) {
  return h(
    'section',
    {},
    h(
      'div',
      { class: 'heading' },
      h('h2', {}, title),
      copyButton(title, () => revealed(text)),
    ),
    h('pre', { tabindex: '0', role: 'region', 'aria-label': title }, withSecrets(text)),
  );
}

/** The text with full secrets, each in one line. */
async function revealed(text) {
  let full = text;
  for (const [whole, digest] of text.matchAll(/⟦[^|⟧]*\|([0-9a-f]{16})⟧/g)) {
    const { secret } = await ask('GET', `secrets/${digest}`);
    full = full.replace(whole, () => secret.trim().replaceAll('\n', '\\n'));
  }
  return full;
}
