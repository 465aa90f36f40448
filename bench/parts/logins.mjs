/** A fresh login: the official SDK, the least that a client can do, and this library. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { median, printTable } from '../table.mjs';

const CLIENTS = ['sdk', 'raw', 'raw-node', 'ours'];
const WARM_UP = { do: 'login', logins: 2_000, concurrency: 50 };
const NAMES = { sdk: 'official SDK', raw: 'raw undici', 'raw-node': 'raw node:https', ours: 'ours' };
const SCENARIOS = [
  { title: 'one login at a time', logins: 150, concurrency: 1, rounds: 5 },
  { title: '50 logins at a time', logins: 600, concurrency: 50, rounds: 5 },
];

export async function run() {
  await withKey('Ed25519', 'ed25519');
  await withKey('P-256', 'ec', { namedCurve: 'prime256v1' });
}

async function withKey(key, keyType, keyOptions) {
  await inLab(async (lab) => {
    const { server, account, env } = await lab.startDfns(keyType, keyOptions);
    const clients = {};
    for (const name of CLIENTS) clients[name] = await lab.start('client.mjs', { name, ...account }, env);
    // The JIT compiler needs some thousand requests of each client.
    for (const name of CLIENTS) await ask(clients[name], WARM_UP);
    for (const scenario of SCENARIOS) await compare(key, scenario, server, clients);
  });
}

async function compare(key, { title, logins, concurrency, rounds }, server, clients) {
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
