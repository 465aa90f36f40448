/** The views of the faults and of the clock. */

import { announce, duration, h, redraw } from './elements.js';
import { fieldOf, valuesOf } from './forms.js';
import { ask } from './server.js';

/** Settings that a fault needs, and what the form suggests. */
const SUGGESTED = { status: '503', location: 'https://example.test/' };
const HIDDEN = ['on', 'times', 'kind', 'headers', 'body'];

let planned = [];
let clock = { aheadMs: 0, differenceMs: 0 };
let faultList;
let switches = [];
let ahead;

export const faultCount = () => planned.length;

export function setFaults(items) {
  planned = items;
  drawPlanned();
}

export function setClock(content) {
  clock = content;
  drawClock();
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

const AMOUNTS = [
  ['1 minute', 60_000],
  ['15 minutes', 900_000],
  ['1 hour', 3_600_000],
  ['1 day', 86_400_000],
];

/** Draws the view of the clock. */
export function clockView() {
  const advance = (ms) => ask('POST', 'clock/advance', { ms });
  const amount = h('input', { id: 'amount', type: 'number', min: '1', step: 'any', value: '10', required: true });
  const unit = h(
    'select',
    { id: 'unit', 'aria-label': 'Unit' },
    [
      ['seconds', 1_000],
      ['minutes', 60_000],
      ['hours', 3_600_000],
      ['days', 86_400_000],
    ].map(([word, ms]) => h('option', { value: ms, selected: word === 'minutes' }, word)),
  );
  const form = h(
    'form',
    { class: 'scope' },
    h(
      'p',
      { class: 'field' },
      h('label', { for: 'amount' }, 'Another amount'),
      h('span', { class: 'joined' }, amount, unit, h('button', {}, 'Advance')),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    advance(Math.round(Number(amount.value) * Number(unit.value)));
  });
  ahead = h('p', { class: 'ahead' });
  drawClock();
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, 'Clock'),
      h(
        'p',
        {},
        'Move the clock of the sandbox forward. Tokens, challenges and sessions end as if the time had passed.',
      ),
    ),
    h('p', { class: 'face' }, h('time', { 'data-clock': 'full' })),
    ahead,
    h(
      'p',
      { class: 'buttons' },
      AMOUNTS.map(([words, ms]) => h('button', { type: 'button', onclick: () => advance(ms) }, `+ ${words}`)),
    ),
    form,
    h(
      'p',
      {},
      h(
        'button',
        { type: 'button', class: 'quiet', onclick: () => ask('POST', 'clock/reset') },
        'Back to the real time',
      ),
    ),
  ];
}

function drawClock() {
  tick();
  if (ahead)
    ahead.textContent = clock.aheadMs > 0 ? `${duration(clock.aheadMs)} ahead` : 'Nothing was added to the clock.';
}

/** Writes the time of the sandbox where the page shows it. */
export function tick() {
  const now = new Date(Date.now() + clock.differenceMs);
  const header = document.querySelector('#time');
  header.textContent = `${now.toLocaleTimeString('en-GB')}${clock.aheadMs > 0 ? ` · ${duration(clock.aheadMs)} ahead` : ''}`;
  header.setAttribute('aria-label', `Clock of the sandbox: ${header.textContent}`);
  header.classList.toggle('moved', clock.aheadMs > 0);
  const face = document.querySelector('[data-clock]');
  if (face)
    face.textContent = now
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, ' UTC');
}
