/** Small parts that all views use. All text goes into the page as text, never as HTML. */

import { ask } from './server.js';

/** Makes an element. `on…` members are listeners, `undefined` and `false` members are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const icon = (path) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
};

const COPY = 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z';
const OK = 'M3 8.5l3.2 3.2L13 5';
const BAD = 'M4 4l8 8M12 4l-8 8';

/** Says something to people who listen to the page. */
export function announce(text) {
  document.querySelector('#announcer').textContent = text;
}

/** A button that copies the text that `read` returns. */
export function copyButton(what, read) {
  const button = h(
    'button',
    { type: 'button', class: 'copy', 'aria-label': `Copy ${what}`, title: `Copy ${what}` },
    icon(COPY),
  );
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(await read());
      button.replaceChildren(icon(OK));
      announce(`Copied ${what}`);
    } catch (error) {
      button.replaceChildren(icon(BAD));
      announce(`${what} cannot be copied: ${error.message}`);
    }
    setTimeout(() => button.replaceChildren(icon(COPY)), 1_500);
  });
  return button;
}

/** An identifier with a button to copy it. */
export function code(text, what = text) {
  if (!text) return h('span', { class: 'none' }, '–');
  const [first] = withSecrets(text);
  if (typeof first !== 'string') return first;
  return h(
    'span',
    { class: 'code' },
    h('code', { title: text }, text),
    copyButton(what, () => text),
  );
}

const SECRET = /⟦([^|⟧]*)\|([0-9a-f]{16})⟧/g;

/** Splits a text at its shortened secrets. A secret gets a button that asks for the full one and copies it. */
export function withSecrets(text) {
  const parts = [];
  let end = 0;
  for (const { 0: whole, 1: shown, 2: digest, index } of text.matchAll(SECRET)) {
    if (index > end) parts.push(text.slice(end, index));
    const read = async () => (await ask('GET', `secrets/${digest}`)).secret;
    parts.push(h('span', { class: 'secret' }, h('code', {}, shown), copyButton(`the secret ${shown}`, read)));
    end = index + whole.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** A text as it is, or as indented JSON if it is JSON. */
export function textBlock(label, text, { pretty = true } = {}) {
  const content = text ? withSecrets(pretty ? indented(text) : text) : [h('span', { class: 'none' }, 'empty')];
  return h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, content);
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A tick or a cross, with a word for people who do not see it. */
export function verdict(ok) {
  const word = h('span', { class: 'unseen' }, ok ? 'passed: ' : 'failed: ');
  return h('span', { class: ok ? 'verdict ok' : 'verdict bad' }, icon(ok ? OK : BAD), word);
}

/** A word with a colour. The word says everything, the colour only repeats it. */
export function state(word) {
  const good = /^(active|enabled|confirmed|signed|approved|delivered|live|completed)/i;
  const bad = /^(deactivated|disabled|failed|rejected|denied|expired|archived|refused|not delivered)/i;
  const kind = good.test(word) ? 'ok' : bad.test(word) ? 'bad' : 'open';
  return h('span', { class: `state ${kind}` }, word);
}

/** A time of day where the reader is, with the whole date in UTC as title. */
export function time(milliseconds) {
  const date = new Date(milliseconds);
  return h('time', { datetime: date.toISOString(), title: date.toISOString() }, date.toLocaleTimeString('en-GB'));
}

/** Reads like "2 d 3 h". */
export function duration(milliseconds) {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ];
  let rest = milliseconds;
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.join(' ') || '0 s';
}

/** Remembers which `details` are open and where the focus is, draws again, and restores both. */
export function redraw(container, ...children) {
  const opened = new Set([...container.querySelectorAll('details[open][data-key]')].map(({ dataset }) => dataset.key));
  const focused = container.contains(document.activeElement)
    ? document.activeElement.closest('[data-key]')?.dataset.key
    : '';
  container.replaceChildren(...children.flat().filter(Boolean));
  for (const element of container.querySelectorAll('[data-key]')) {
    if (element.matches('details')) element.open = element.open || opened.has(element.dataset.key);
    if (focused && element.dataset.key === focused) (element.querySelector(':scope > summary') ?? element).focus();
  }
}
