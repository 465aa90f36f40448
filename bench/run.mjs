import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, start } from './child.mjs';
import { makeCertificate, makeServiceAccount } from './fixtures.mjs';
import { machine } from './machine.mjs';
import { measureStart } from './start.mjs';
import { median, printTable } from './table.mjs';

const CLIENTS = ['sdk', 'raw', 'raw-node', 'ours'];
const WARM_UP = { do: 'login', logins: 2_000, concurrency: 50 };
const NAMES = { sdk: 'official SDK', raw: 'raw undici', 'raw-node': 'raw node:https', ours: 'ours' };
const SCENARIOS = [
  { title: 'one login at a time, no delay', delayMs: 0, logins: 200, concurrency: 1, rounds: 7 },
  { title: '50 logins at a time, no delay', delayMs: 0, logins: 600, concurrency: 50, rounds: 5 },
  { title: 'one login at a time, 20 ms before each answer', delayMs: 20, logins: 30, concurrency: 1, rounds: 3 },
  { title: '50 logins at a time, 20 ms before each answer', delayMs: 20, logins: 600, concurrency: 50, rounds: 3 },
];

const folder = mkdtempSync(join(tmpdir(), 'dfns-bench-'));
const certificate = makeCertificate(folder);
const account = makeServiceAccount('ed25519');
const env = { NODE_EXTRA_CA_CERTS: certificate.certPath };

console.log(`${machine()}\n`);
measureStart();
const server = await start('server.mjs', { ...certificate, ...account });
const { url } = await ask(server, { do: 'listen' });
const clients = {};
for (const name of CLIENTS) clients[name] = await start('client.mjs', { name, url, ...account }, env);
try {
  // The JIT compiler needs some thousand requests of each client.
  for (const name of CLIENTS) await ask(clients[name], WARM_UP);
  for (const scenario of SCENARIOS) await compare(scenario);
  const cache = await start('cache.mjs', { url, ...account }, env, ['--expose-gc']);
  const { rows, memory } = await ask(cache, { do: 'measure' });
  printTable('A token that is there already: getToken() in one process', rows);
  printTable('Memory of 10,000 cached tokens', memory);
  cache.kill();
  const signing = await start('signing.mjs', {});
  printTable('One signature of a challenge, µs (median)', await ask(signing, { do: 'measure' }));
  signing.kill();
} finally {
  for (const client of Object.values(clients)) client.kill();
  server.kill();
  rmSync(folder, { recursive: true });
}

async function compare({ title, delayMs, logins, concurrency, rounds }) {
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
    'requests/login': of(name, 'requests'),
    'new connections/login': (
      results[name].slice(1).reduce((sum, { connections }) => sum + connections, 0) /
      (logins * rounds)
    ).toFixed(3),
  }));
  printTable(`Fresh logins: ${title}`, rows);
}
