/** The view of the faults: switches, and what is planned. */

import { announce, h, redraw } from './elements.js';
import { fieldOf, valuesOf } from './forms.js';
import { ask } from './server.js';

/** Settings that a fault needs, and what the form suggests. */
const SUGGESTED = { status: '503', location: 'https://example.test/' };
const HIDDEN = ['on', 'times', 'kind', 'headers', 'body'];

let planned = [];
let faultList;
let switches = [];

export const faultCount = () => planned.length;

export function setFaults(items) {
  planned = items;
  drawPlanned();
}

/** Draws the view of the faults. */
export function faultsView(kinds, knownRequests) {
  const scope = h(
    'form',
    { class: 'scope' },
    h(
      'p',
      { class: 'field' },
      h('label', { for: 'scope-on' }, 'Requests'),
      h('input', {
        id: 'scope-on',
        name: 'on',
        value: '*',
        list: 'known',
        required: true,
        autocomplete: 'off',
        'aria-describedby': 'scope-on-hint',
      }),
      h('small', { id: 'scope-on-hint' }, '* for every request, or a method and a path: GET /wallets/{walletId}'),
    ),
    h(
      'datalist',
      { id: 'known' },
      knownRequests().map((request) => h('option', { value: request })),
    ),
    h(
      'p',
      { class: 'field' },
      h('label', { for: 'scope-times' }, 'How often'),
      h(
        'select',
        { id: 'scope-times', name: 'times' },
        ['once', '2 times', '5 times', 'always'].map((word) => h('option', { selected: word === 'always' }, word)),
      ),
    ),
  );
  const problem = h('p', { class: 'problem', role: 'alert' });
  const plan = async (kind, settings) => {
    const { on, times } = Object.fromEntries(new FormData(scope));
    try {
      await ask('POST', 'faults', {
        ...settings,
        kind,
        on,
        times: times === 'always' ? times : Number(times.split(' ')[0]) || 1,
      });
      problem.textContent = '';
      announce(`${kind} is on`);
    } catch (error) {
      problem.textContent = error.message;
      drawPlanned();
    }
  };
  faultList = h('div', { class: 'list' });
  switches = kinds.map((kind) => kindElement(kind, plan));
  drawPlanned();
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, 'Faults'),
      h('p', {}, 'Let Dfns fail on purpose. The fault that was planned first is used first.'),
    ),
    scope,
    problem,
    h(
      'ul',
      { class: 'cards' },
      switches.map(({ card }) => card),
    ),
    h('h2', {}, 'Planned faults'),
    faultList,
  ];
}

function kindElement({ kind, words, handler, schema }, plan) {
  const names = Object.keys(schema.properties).filter((name) => !HIDDEN.includes(name));
  const settings = h(
    'form',
    { class: 'settings' },
    names.map((name) =>
      fieldOf(name, schema.properties[name], schema.required.includes(name), {
        prefix: kind,
        value: schema.required.includes(name) ? SUGGESTED[name] : '',
      }),
    ),
  );
  settings.addEventListener('submit', (event) => event.preventDefault());
  const button = h(
    'button',
    {
      type: 'button',
      role: 'switch',
      'aria-checked': 'false',
      'aria-labelledby': `fault-${kind}`,
      'aria-describedby': `fault-${kind}-words`,
    },
    h('span', { class: 'knob' }),
  );
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-checked') === 'false') {
      if (settings.reportValidity()) await plan(kind, valuesOf(settings, schema));
      return;
    }
    for (const { id } of planned.filter((fault) => fault.kind === kind)) await ask('DELETE', `faults/${id}`);
    announce(`${kind} is off`);
  });
  const card = h(
    'li',
    {},
    h('div', { class: 'switch' }, h('h2', { id: `fault-${kind}` }, kind), button),
    h('p', { id: `fault-${kind}-words` }, words, ' ', h('small', {}, `The handler ${handler}.`)),
    names.length > 0 &&
      h(
        'details',
        { class: 'part', open: names.some((name) => schema.required.includes(name)) },
        h('summary', {}, 'Settings'),
        settings,
      ),
  );
  return { kind, button, card };
}

function drawPlanned() {
  for (const { kind, button, card } of switches) {
    const isOn = planned.some((fault) => fault.kind === kind);
    button.setAttribute('aria-checked', String(isOn));
    card.classList.toggle('on', isOn);
  }
  if (!faultList) return;
  if (planned.length === 0)
    return redraw(faultList, h('p', { class: 'empty' }, 'No fault is planned. All requests get their real answers.'));
  const clear = h('button', { type: 'button', class: 'danger', onclick: () => ask('DELETE', 'faults') }, 'Remove all');
  redraw(faultList, h('ol', { class: 'planned' }, planned.map(plannedElement)), h('p', {}, clear));
}

function plannedElement({ id, on, kind, times: _times, left, ...settings }) {
  const remove = h(
    'button',
    {
      type: 'button',
      'data-key': id,
      'aria-label': `Remove ${kind} on ${on}`,
      onclick: () => ask('DELETE', `faults/${id}`),
    },
    'Remove',
  );
  const more = Object.entries(settings).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return h(
    'li',
    {},
    h('span', {}, h('b', {}, kind), ' on ', h('code', {}, on), more.length > 0 && ` · ${more.join(' · ')}`),
    h('span', { class: 'state open' }, left === 'always' ? 'always' : `${left} left`),
    remove,
  );
}
