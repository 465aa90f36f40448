/** The view of the calls: each with its challenge, its signature and the call itself. */

import { code, h, redraw, textBlock, time, verdict, withSecrets } from './elements.js';

const STEPS = { '/auth/action/init': 'Challenge', '/auth/action': 'Signature' };
const MAX_RECORDS = 500;

const records = new Map();
const drawn = new Map();
let list;
let empty;
let filter = { text: '', refusedOnly: false };

export const callCount = () => groups().length;

export function setRecords(all) {
  records.clear();
  for (const record of all) records.set(record.id, record);
  for (const element of drawn.values()) element.remove();
  drawn.clear();
  for (const group of groups()) show(group);
  showEmpty();
}

export function setRecord(record) {
  records.set(record.id, record);
  if (records.size > MAX_RECORDS) records.delete(records.keys().next().value);
  const kept = groups();
  for (const [id, element] of drawn) {
    if (kept.some((group) => group.id === id)) continue;
    element.remove();
    drawn.delete(id);
  }
  // A request finds its group while it is handled. Then the group that it had for itself is gone.
  show(kept.find(({ id }) => id === record.group));
  showEmpty();
}

/** Draws the view. */
export function callsView(waiting) {
  list = h('ol', { class: 'calls', reversed: true });
  empty = h('div', { class: 'waiting' }, waiting());
  drawn.clear();
  for (const group of groups()) show(group);
  showEmpty();
  const search = h('input', {
    type: 'search',
    id: 'filter',
    placeholder: 'path, user, credential',
    value: filter.text,
  });
  search.addEventListener('input', () => applyFilter({ text: search.value }));
  const refused = h('input', { type: 'checkbox', id: 'refused', checked: filter.refusedOnly });
  refused.addEventListener('change', () => applyFilter({ refusedOnly: refused.checked }));
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, 'Calls'),
      h('p', {}, 'Every request to the sandbox, the newest first. Open one to see who signed, and what was checked.'),
    ),
    h(
      'div',
      { class: 'bar', role: 'search' },
      h('label', { for: 'filter', class: 'unseen' }, 'Filter'),
      search,
      h('label', { class: 'choice' }, refused, 'Refused only'),
    ),
    empty,
    list,
  ];
}

/** The records by their groups, the oldest first. */
function groups() {
  const found = new Map();
  for (const record of [...records.values()].sort((one, other) => one.id - other.id)) {
    const group = found.get(record.group) ?? { id: record.group, records: [] };
    group.records.push(record);
    found.set(record.group, group);
  }
  return [...found.values()];
}

function applyFilter(change) {
  filter = { ...filter, ...change };
  for (const group of groups()) drawn.get(group.id)?.toggleAttribute('hidden', !isShown(group));
  showEmpty();
}

function isShown(group) {
  const text = JSON.stringify(
    group.records.map(({ request, caller, signer, signed }) => [request.path, caller, signer, signed]),
  );
  return (
    text.toLowerCase().includes(filter.text.toLowerCase()) && (!filter.refusedOnly || group.records.some(isRefused))
  );
}

function showEmpty() {
  if (empty) empty.hidden = records.size > 0;
}

const isRefused = ({ status, checks, durationMs }) =>
  status >= 400 || checks.some(({ ok }) => !ok) || (status === undefined && durationMs !== undefined);

function show(group) {
  if (!list || !group) return;
  const known = drawn.get(group.id);
  const item = known ?? h('li', {});
  if (!known) {
    drawn.set(group.id, item);
    list.prepend(item);
  }
  redraw(item, callElement(group));
  item.toggleAttribute('hidden', !isShown(group));
}

function callElement({ id, records: steps }) {
  const last = steps.at(-1);
  const { signed } = steps.find((step) => step.signed) ?? {};
  const call = steps.findLast(({ request }) => !STEPS[pathOf(request)]);
  const { method, path } = call?.request ?? signed ?? last.request;
  const refused = steps.find(isRefused);
  const caller = steps.find((step) => step.caller)?.caller;
  const details = h(
    'details',
    { class: refused ? 'call refused' : 'call', 'data-key': id },
    h(
      'summary',
      {},
      verdict(!refused),
      h(
        'span',
        { class: 'request' },
        h('b', { class: 'method' }, method),
        ' ',
        h('span', { class: 'path' }, withSecrets(path)),
      ),
      h('span', { class: 'who' }, caller ? nameOf(caller) : '–'),
      h('span', { class: 'steps' }, steps.map(stepMark)),
      h('span', { class: 'when' }, time(last.request.receivedAt)),
    ),
  );
  const fill = () => details.open && details.childElementCount === 1 && details.append(callBody(steps, refused));
  details.addEventListener('toggle', fill);
  // An open one that is drawn again must have its content before its inner parts are opened again.
  if (drawn.get(id)?.querySelector('details')?.open) {
    details.open = true;
    fill();
  }
  return details;
}

const nameOf = ({ kind, username, name }) => (kind === 'ServiceAccount' ? name : username);
const pathOf = ({ path }) => path.split('?')[0];
const stepName = ({ request }) => STEPS[pathOf(request)] ?? 'Call';

function stepMark(step) {
  const status = step.status ?? (step.durationMs === undefined ? '…' : 'no answer');
  return h('span', { class: isRefused(step) ? 'mark bad' : 'mark' }, `${stepName(step)} `, h('b', {}, String(status)));
}

function callBody(steps, refused) {
  return h(
    'div',
    { class: 'body' },
    refused && h('p', { class: 'reason' }, reasonOf(refused)),
    comparison(steps),
    h('ol', { class: 'timeline' }, steps.map(stepElement)),
  );
}

function reasonOf(step) {
  const failed = step.checks.find(({ ok }) => !ok);
  if (step.fault) return [h('b', {}, `Planned fault: ${step.fault}. `), 'The sandbox did what the fault says.'];
  if (!failed) return [h('b', {}, `${stepName(step)} refused with ${step.status}.`)];
  return [h('b', {}, `${stepName(step)} refused at “${failed.name}”. `), failed.why ? withSecrets(failed.why) : ''];
}

/** The signed request beside the sent one. */
function comparison(steps) {
  const call = steps.findLast(({ request }) => !STEPS[pathOf(request)]);
  const signed = steps.findLast((step) => step.signed)?.signed;
  if (!signed) return undefined;
  const sent = call && { method: call.request.method, path: call.request.path, payload: call.request.body };
  const column = (title, request, other) =>
    h(
      'div',
      {},
      h('h2', {}, title),
      request
        ? [
            h('p', { class: 'line' }, request.method, ' ', withSecrets(request.path)),
            h('pre', { tabindex: '0', role: 'region', 'aria-label': title }, marked(request.payload, other?.payload)),
          ]
        : h('p', { class: 'none' }, 'The call has not arrived.'),
    );
  return h('div', { class: 'beside' }, column('Signed', signed, sent), column('Sent', sent, signed));
}

/** Marks the part of a text that another text does not have. */
function marked(text, other = text) {
  if (!text) return [h('span', { class: 'none' }, 'no body')];
  if (text === other) return withSecrets(text);
  let start = 0;
  while (start < text.length && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(text.length, other.length) - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const middle = text.slice(start, text.length - end);
  return [
    ...withSecrets(text.slice(0, start)),
    middle && h('mark', {}, withSecrets(middle)),
    ...withSecrets(text.slice(text.length - end)),
  ].filter(Boolean);
}

function stepElement(step) {
  const { request, status, durationMs, checks, signer, clientData, caller, answer, id, fault } = step;
  const fact = (term, ...value) => h('div', {}, h('dt', {}, term), h('dd', {}, value));
  return h(
    'li',
    { class: isRefused(step) ? 'bad' : '' },
    h('h2', {}, stepName(step), ' ', h('span', { class: 'line' }, request.method, ' ', withSecrets(request.path))),
    h(
      'dl',
      { class: 'facts' },
      fact(
        'Answer',
        status === undefined ? 'none' : h('b', {}, String(status)),
        durationMs === undefined ? ' open' : ` in ${durationMs} ms`,
      ),
      caller && fact('Caller', `${nameOf(caller)} (${caller.kind}) `, code(caller.userId)),
      signer &&
        fact(
          'Signed by',
          `${caller ? nameOf(caller) : signer.username} with ${signer.name} (${signer.kind}) `,
          code(signer.credId),
        ),
      fault && fact('Fault', fault),
    ),
    checks.length > 0 &&
      h('ul', { class: 'checks', 'aria-label': `Checks of ${stepName(step)}` }, checks.map(checkElement)),
    h(
      'div',
      { class: 'parts' },
      clientData &&
        part(`${id} client data`, 'Client data that was signed, decoded', textBlock('Client data', clientData), true),
      request.body && part(`${id} body`, 'Body', textBlock('Body', request.body)),
      part(`${id} headers`, 'Headers', headersElement(request.headers)),
      answer && part(`${id} answer`, 'Answer', textBlock('Answer', answer)),
    ),
  );
}

const checkElement = ({ name, ok, why }) =>
  h('li', {}, verdict(ok), h('span', {}, h('b', {}, name), why && h('span', { class: 'why' }, ' ', withSecrets(why))));

const part = (key, title, content, open = false) =>
  h('details', { class: 'part', 'data-key': key, open }, h('summary', {}, title), content);

const headersElement = (headers) =>
  h(
    'dl',
    { class: 'headers' },
    Object.entries(headers).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, withSecrets(value)))),
  );

/** The requests that were seen, with parameters in place of identifiers: suggestions for faults. */
export function knownRequests() {
  const seen = [...records.values()].map(({ request }) => `${request.method} ${pathOf(request)}`);
  return [...new Set(seen.map((text) => text.replace(/\/[a-z]{2,3}-\w{5}-\w{5}-\w+/g, '/{id}')))].sort();
}
