/** The view of the clock, and the time in the header. */

import { duration, h } from './elements.js';
import { ask } from './server.js';

let clock = { aheadMs: 0, differenceMs: 0 };
let ahead;

export function setClock(content) {
  clock = content;
  drawClock();
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
