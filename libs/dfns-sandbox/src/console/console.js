/** The console: its menu, its views, and the stream of events that fills them. */

import { callCount, callsView, knownRequests, setRecord, setRecords } from './calls.js';
import { clockView, setClock, tick } from './clock.js';
import { connectElement, connectView, setSeeded } from './connect.js';
import { formDialog, tokenDialog } from './dialogs.js';
import { announce, code, h } from './elements.js';
import { faultCount, faultsView, setFaults } from './faults.js';
import { countOf, leaveSection, sectionView, setSection } from './sections.js';
import { ask, keepToken, listen } from './server.js';

const main = document.querySelector('#main');
const menu = document.querySelector('#menu');
const connection = document.querySelector('#connection');
let setUp;
let counts = [];

start();

async function start() {
  try {
    setUp = await ask('GET', 'set-up');
  } catch (error) {
    return askForToken(error);
  }
  document.querySelector('#organisation').replaceChildren(code(setUp.orgId, 'the id of the organisation'));
  drawMenu();
  route();
  window.addEventListener('hashchange', () => {
    route();
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  document.querySelector('#reset').addEventListener('click', askForReset);
  setInterval(tick, 1_000);
  listen({ onEvent, onState });
}

function askForToken(error) {
  if (error.status !== 401) {
    connection.textContent = 'Refused';
    main.replaceChildren(h('h1', {}, 'The console is closed'), h('p', {}, error.message));
    return;
  }
  tokenDialog(error.message, (token) => {
    keepToken(token);
    start();
  });
}

/** The views, in the order of the menu. */
function views() {
  const sections = setUp.sections.map((section) => ({
    name: section.name,
    title: section.title,
    count: () => countOf(section.name),
    draw: () => sectionView(section),
  }));
  return [
    { name: 'calls', title: 'Calls', count: callCount, draw: () => callsView(waiting) },
    ...sections,
    { name: 'faults', title: 'Faults', count: faultCount, draw: () => faultsView(setUp.faults, knownRequests) },
    { name: 'clock', title: 'Clock', count: () => undefined, draw: clockView },
    { name: 'connect', title: 'Connect', count: () => undefined, draw: () => connectView(setUp.orgId) },
  ];
}

function drawMenu() {
  counts = views().map(({ name, title, count }) => ({ count, name, element: h('span', { class: 'count' }), title }));
  menu.replaceChildren(
    ...counts.map(({ name, title, element }) =>
      h('li', {}, h('a', { href: `./#${name}` }, h('span', {}, title), ' ', element)),
    ),
  );
}

function drawCounts() {
  for (const { count, element, name } of counts) {
    element.textContent = count() || '';
    element.classList.toggle('alarm', name === 'faults');
  }
}

function route() {
  const all = views();
  const view = all.find(({ name }) => `#${name}` === location.hash) ?? all[0];
  leaveSection();
  main.replaceChildren(...view.draw().filter(Boolean));
  for (const link of menu.querySelectorAll('a')) {
    const isShown = link.hash === `#${view.name}`;
    if (isShown) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (isShown) link.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
  document.title = `${view.title} – Dfns sandbox`;
  tick();
}

function onEvent(name, data) {
  if (name === 'record') setRecord(data);
  if (name === 'part') {
    if (data.name === 'records') setRecords(data.content);
    else if (data.name === 'faults') setFaults(data.content);
    else if (data.name === 'clock') setClock(data.content);
    else if (data.name === 'seeded') setSeeded(data.content);
    else setSection(data.name, data.content);
  }
  drawCounts();
}

function onState(state, error) {
  const words = { live: 'Live', waiting: 'Not connected, trying again', refused: 'Refused' };
  connection.textContent = words[state];
  connection.className = state;
  if (error) askForToken(error);
}

function askForReset() {
  const reset = {
    label: 'Reset',
    words: setUp.resetWords,
    isFinal: true,
    subject: 'the sandbox',
  };
  formDialog(
    reset,
    () => ask('POST', 'reset'),
    () => announce('The sandbox is as it was after the start'),
  );
}

/** What the view of the calls shows while there is no call. */
function waiting() {
  return [
    h('h2', {}, 'Waiting for the first call'),
    h('p', { class: 'note' }, 'Point an application to this sandbox. Its calls appear here while they happen.'),
    connectElement(setUp.orgId),
  ];
}
