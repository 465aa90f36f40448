/** The views of the sections: a list with its actions, and a form for something new. */

import { formDialog, resultDialog } from './dialogs.js';
import { announce, code, h, redraw, state, textBlock, withSecrets } from './elements.js';
import { ask } from './server.js';

const contents = new Map();
let shown;

export const countOf = (name) => contents.get(name)?.total;

export function setSection(name, content) {
  contents.set(name, content);
  if (shown?.section.name === name) draw();
}

/** Draws the view of a section. */
export function sectionView(section) {
  shown = { section, container: h('div', { class: 'list' }) };
  draw();
  const { create } = section;
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, section.title),
      h('p', {}, section.words),
      create &&
        h(
          'button',
          { type: 'button', class: 'main', onclick: () => perform(section.name, create, section.name) },
          create.label,
        ),
    ),
    shown.container,
  ];
}

export function leaveSection() {
  shown = undefined;
}

function draw() {
  const { section, container } = shown;
  const { items, total } = contents.get(section.name) ?? { items: [], total: 0 };
  if (items.length === 0) return redraw(container, h('p', { class: 'empty' }, section.empty));
  const hasActions = Object.keys(section.actions).length > 0;
  redraw(
    container,
    h(
      'table',
      { role: 'table' },
      h('caption', { class: 'unseen' }, section.title),
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          section.columns.map(({ title }) => h('th', { role: 'columnheader', scope: 'col' }, title)),
          hasActions && h('th', { role: 'columnheader', scope: 'col' }, 'Actions'),
        ),
      ),
      h(
        'tbody',
        { role: 'rowgroup' },
        items.map((item) => rowOf(section, item, hasActions)),
      ),
    ),
    total > items.length && h('p', { class: 'note' }, `The newest ${items.length} of ${total}.`),
  );
}

function rowOf(section, item, hasActions) {
  const cells = section.columns.map((column) =>
    h('td', { role: 'cell', 'data-label': column.title }, cellOf(column, item)),
  );
  const buttons = item.actions.map((name) => {
    const action = section.actions[name];
    const path = `${section.name}/${encodeURIComponent(item.id)}/${name}`;
    return h(
      'button',
      {
        type: 'button',
        class: action.isFinal ? 'danger' : '',
        title: action.words,
        'aria-label': `${action.label}: ${item.id}`,
        'data-key': path,
        onclick: () => perform(path, action, item.id),
      },
      action.label,
    );
  });
  return h(
    'tr',
    { role: 'row' },
    cells,
    hasActions &&
      h('td', { role: 'cell', class: 'actions', 'data-label': 'Actions' }, h('span', { class: 'buttons' }, buttons)),
  );
}

function cellOf({ member, as, title }, item) {
  const value = item[member];
  if (value === undefined || value === null || value === '') return h('span', { class: 'none' }, '–');
  if (as === 'state') return state(value);
  if (as === 'code') return code(String(value), `${title} ${value}`);
  if (as === 'date') return h('time', { datetime: value, title: value }, new Date(value).toLocaleString('en-GB'));
  if (as === 'details') return detailsOf(`${item.id} ${member}`, title, value);
  return withSecrets(String(value));
}

/** A list says how long it is; a thing is shown as JSON. */
function detailsOf(key, title, value) {
  const isList = Array.isArray(value);
  const word = isList ? String(value.length) : 'Show';
  return h(
    'details',
    { class: 'part', 'data-key': key },
    h('summary', { 'aria-label': `${word} ${title}` }, word),
    isList
      ? h(
          'ul',
          {},
          value.map((one) => h('li', {}, withSecrets(one))),
        )
      : textBlock(`${title} of ${key}`, JSON.stringify(value)),
  );
}

/** Asks what it must know or confirm, acts, and shows what came out. */
async function perform(path, action, subject) {
  const act = (body) => ask('POST', path, body);
  if (action.form || action.isFinal) return formDialog({ ...action, subject }, act, (answer) => done(action, answer));
  try {
    done(action, await act(action.schema && {}));
  } catch (error) {
    resultDialog('Refused', {}, error.message);
  }
}

function done(action, answer) {
  announce(`${action.label}: done`);
  if (Object.keys(answer).length > 0) resultDialog(action.label, answer, 'Done. Secrets are shown here only once.');
}
