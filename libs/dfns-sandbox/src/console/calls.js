/** The view of the calls: each with its challenge, its signature and the call itself. */

import { callBody, isRefused, isStep, nameOf, pathOf, stepName } from './call-details.js';
import { h, redraw, time, verdict, withSecrets } from './elements.js';

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
  const call = steps.findLast(({ request }) => !isStep(request));
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

function stepMark(step) {
  const status = step.status ?? (step.durationMs === undefined ? '…' : 'no answer');
  return h('span', { class: isRefused(step) ? 'mark bad' : 'mark' }, `${stepName(step)} `, h('b', {}, String(status)));
}

/** The requests that were seen, with parameters in place of identifiers: suggestions for faults. */
export function knownRequests() {
  const seen = [...records.values()].map(({ request }) => `${request.method} ${pathOf(request)}`);
  return [...new Set(seen.map((text) => text.replace(/\/[a-z]{2,3}-\w{5}-\w{5}-\w+/g, '/{id}')))].sort();
}
