/** A fresh login: the official SDK, the least that a client can do, and this library. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { median, printTable } from '../table.mjs';

const CLIENTS = ['sdk', 'raw', 'raw-node', 'ours'];
const WARM_UP = { do: 'login', logins: 2_000, concurrency: 50 };
const NAMES = { sdk: 'official SDK', raw: 'raw undici', 'raw-node': 'raw node:https', ours: 'ours' };
const FAST = [
  { title: 'one login at a time, no delay', delayMs: 0, logins: 150, concurrency: 1, rounds: 5 },
  { title: '50 logins at a time, no delay', delayMs: 0, logins: 400, concurrency: 50, rounds: 5 },
];
const SLOW = [
  { title: 'one login at a time, 20 ms before each answer', delayMs: 20, logins: 20, concurrency: 1, rounds: 3 },
];

export async function run() {
  await withKey('Ed25519', [...FAST, ...SLOW], 'ed25519');
  await withKey('P-256', FAST, 'ec', { namedCurve: 'prime256v1' });
}

async function withKey(key, scenarios, keyType, keyOptions) {
  await inLab(async (lab) => {
    const { server, account, env } = await lab.startDfns(keyType, keyOptions);
    const clients = {};
    for (const name of CLIENTS) clients[name] = await lab.start('client.mjs', { name, ...account }, env);
    // The JIT compiler needs some thousand requests of each client.
    for (const name of CLIENTS) await ask(clients[name], WARM_UP);
    for (const scenario of scenarios) await compare(key, scenario, server, clients);
  });
}

async function compare(key, { title, delayMs, logins, concurrency, rounds }, server, clients) {
  await ask(server, { do: 'delay', delayMs });
  const results = Object.fromEntries(CLIENTS.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of CLIENTS) {
      await ask(server, { do: 'reset' });
      const result = await ask(clients[name], { do: 'login', logins, concurrency });
      const { requests, connections } = await ask(server, { do: 'count' });
      // The first round opens the connections, so its results are not used.
      results[name].push({ ...result, requests: requests / logins, connections });
    }
  }
  const of = (name, figure) => median(results[name].slice(1).map((result) => result[figure]));
  const ratio = (name, to) => (of(name, 'cpuMs') / of(to, 'cpuMs')).toFixed(2);
  const rows = CLIENTS.map((name) => ({
    client: NAMES[name],
    'p50 ms': of(name, 'p50').toFixed(2),
    'p95 ms': of(name, 'p95').toFixed(2),
    'logins/s': Math.round(of(name, 'perSecond')),
    'CPU ms/login': of(name, 'cpuMs').toFixed(2),
    'CPU, of SDK': ratio(name, 'sdk'),
    'CPU, of raw': ratio(name, 'raw'),
    'CPU, of raw node:https': ratio(name, 'raw-node'),
    'requests/login': of(name, 'requests'),
    'new connections/login': (
      results[name].slice(1).reduce((sum, { connections }) => sum + connections, 0) /
      (logins * rounds)
    ).toFixed(3),
  }));
  printTable(`Fresh logins with ${key}: ${title}`, rows);
}
