/** More logins than the quota or the places allow, in one process and in several that share a quota. */
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { percentile, printTable } from '../table.mjs';

/** How long logins are offered: to one process, and to several. What is fair shows only after some windows. */
const SECONDS = 15;
const SECONDS_TOGETHER = 30;
const DEADLINE_MS = 3_000;
const REQUESTS_PER_LOGIN = 3;
/** Requests that may be under way at once: the default of `http.maxSockets`. */
const PLACES = 64;
/** Milliseconds after an overload in which everything works again, and the logins that show it. */
const RECOVERY_MS = 1_000;
const RECOVERED = 20;

/** Logins that the quota of the ended windows allows, and those that each process finished in them. */
const ofQuota = ({ dfns, clients, counts: { endedWindows } }) => ({
  most: (endedWindows.length * dfns.limit) / REQUESTS_PER_LOGIN,
  done: clients.map((_, i) => sum(endedWindows.map((logins) => logins[nameOf(i)] ?? 0))),
});
/** Logins that the places allow, and those that were answered in time. */
const ofPlaces = ({ dfns, clients }) => ({
  most: (PLACES * SECONDS * 1_000) / (REQUESTS_PER_LOGIN * dfns.delayMs),
  done: clients.map(({ inTime }) => inTime),
});
const SCENARIOS = [
  {
    what: 'a quota of 600 requests in 5 s, 800 logins/s',
    dfns: { limit: 600, windowMs: 5_000 },
    rate: 800,
    possible: ofQuota,
  },
  { what: 'answers after 500 ms, 64 places, 400 logins/s', dfns: { delayMs: 500 }, rate: 400, possible: ofPlaces },
  {
    what: '6 processes, a quota of 1,500 requests in 5 s, 60 logins/s each',
    dfns: { limit: 1_500, windowMs: 5_000 },
    rate: 60,
    processes: 6,
    possible: ofQuota,
  },
  {
    what: '8 processes, a quota of 1,000 requests in 5 s, 30 logins/s each',
    dfns: { limit: 1_000, windowMs: 5_000 },
    rate: 30,
    processes: 8,
    possible: ofQuota,
  },
];

export async function run() {
  const results = [];
  for (const scenario of SCENARIOS) results.push(await measure(scenario));
  printTable(`Overload, deadline ${DEADLINE_MS} ms: what gets through`, results.map(goodput));
  printTable('Overload: how soon a refused login is told', results.map(refusals));
  printTable('Overload: what it does to the process', results.map(health));
}

function measure(scenario) {
  const { dfns, rate, processes = 1 } = scenario;
  const seconds = processes > 1 ? SECONDS_TOGETHER : SECONDS;
  return inLab(async (lab) => {
    const { server, account } = await lab.startPlainDfns(dfns);
    const start = (_, i) => lab.start('offers.mjs', { ...account, name: nameOf(i), deadlineMs: DEADLINE_MS });
    const children = await Promise.all(Array.from({ length: processes }, start));
    const offers = children.map((child) => ask(child, { do: 'offer', rate, seconds }));
    // What the server has counted when the time is up; calls that began before may still end.
    await pause(seconds * 1_000);
    const counts = await ask(server, { do: 'count' });
    const clients = await Promise.all(offers);
    const all = await ask(server, { do: 'count' });
    if (dfns.delayMs) await ask(server, { do: 'delay', delayMs: 0 });
    await pause(all.msToReset + RECOVERY_MS);
    const recovery = await ask(children[0], { do: 'few', count: RECOVERED });
    return { ...scenario, seconds, counts, all, clients, recovery };
  });
}

const words = (codes) =>
  Object.entries(codes)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
const nameOf = (i) => `process-${i}`;
const sum = (values) => values.reduce((total, value) => total + value, 0);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const ms = (times, which) => (times.length ? percentile(times, which).toFixed(0) : '–');

function goodput(result) {
  const { what, seconds, possible, all, clients } = result;
  const { most, done } = possible(result);
  const accepted = all.requests - all.refused;
  return {
    what,
    seconds,
    offered: sum(clients.map(({ offered }) => offered)),
    possible: most.toFixed(0),
    answered: sum(done),
    'of possible': percent(sum(done) / most),
    'requests refused by Dfns': percent(all.refused / all.requests),
    'accepted requests of finished logins': percent((REQUESTS_PER_LOGIN * all.logins) / accepted),
    'fewest and most of a process': `${Math.min(...done)} – ${Math.max(...done)}`,
  };
}

function refusals({ what, clients }) {
  const refusedMs = clients.flatMap((client) => client.refusedMs);
  const doneMs = clients.flatMap((client) => client.doneMs);
  const codes = {};
  for (const [code, count] of clients.flatMap((client) => Object.entries(client.codes))) {
    codes[code] = (codes[code] ?? 0) + count;
  }
  return {
    what,
    refused: refusedMs.length,
    'p50 ms': ms(refusedMs, 50),
    'p99 ms': ms(refusedMs, 99),
    'after more than 50 ms': percent(refusedMs.filter((time) => time > 50).length / (refusedMs.length || 1)),
    'without retryAfterMs': sum(clients.map(({ withoutRetryAfter }) => withoutRetryAfter)),
    'with which codes': words(codes),
    'answered: p50 ms': ms(doneMs, 50),
    'p99 ms ': ms(doneMs, 99),
  };
}

function health({ what, clients, recovery }) {
  const most = (figure) => Math.max(...clients.map((client) => client[figure])).toFixed(0);
  return {
    what,
    'event loop delay p99 ms': most('loopP99Ms'),
    'most ms': most('loopMaxMs'),
    'RSS MB': most('rssMb'),
    [`of ${RECOVERED} logins after a second`]: recovery.done,
    'the others': words(recovery.codes) || '–',
    'slowest ms': recovery.mostMs.toFixed(0),
  };
}
