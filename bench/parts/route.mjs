/** A guarded route that reads for the authenticated user: this library, the official SDK, and `node:https`. */
import { ask } from '../child.mjs';
import { inLab } from '../lab.mjs';
import { median, printTable } from '../table.mjs';

const NAMES = {
  sdk: 'official SDK, a token at hand',
  'bare-relay': 'node:https without Nest',
  'nest-relay': 'node:https in the same Nest application',
  ours: 'ours: DfnsUserGuard, caller: { username }',
};
const USERS = 100;
const WARM_UP = { requests: 2_000, concurrency: 50 };
const SCENARIOS = [
  { title: 'one request at a time', requests: 400, concurrency: 1, rounds: 5 },
  { title: '50 requests at a time', requests: 1_200, concurrency: 50, rounds: 5 },
];

export async function run() {
  await inLab(async (lab) => {
    const { account, env } = await lab.startDfns();
    const usernames = Array.from({ length: USERS }, (_, i) => `user-${i}`);
    const load = await lab.start('load.mjs', {});
    const applications = [];
    for (const name of Object.keys(NAMES)) {
      const child = await lab.start('route.mjs', { name, ...account, usernames }, env);
      applications.push({ name, child, ...(await ask(child, { do: 'listen' })) });
    }
    const measure = async ({ child, port }, { requests, concurrency }) => {
      await ask(child, { do: 'reset' });
      const result = await ask(load, { do: 'load', port, requests, concurrency, usernames });
      return { ...result, cpuMs: (await ask(child, { do: 'cpu' })).cpuMs / requests };
    };
    for (const application of applications) await measure(application, WARM_UP);
    for (const scenario of SCENARIOS) await compare(applications, scenario, measure);
  });
}

async function compare(applications, scenario, measure) {
  const results = Object.fromEntries(applications.map(({ name }) => [name, []]));
  for (let round = 0; round < scenario.rounds; round += 1) {
    for (const application of applications) results[application.name].push(await measure(application, scenario));
  }
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const ratio = (name, to) => (of(name, 'cpuMs') / of(to, 'cpuMs')).toFixed(2);
  const rows = applications.map(({ name }) => ({
    'route with': NAMES[name],
    'requests/s': Math.round(of(name, 'perSecond')),
    'p50 ms': of(name, 'p50').toFixed(2),
    'p99 ms': of(name, 'p99').toFixed(2),
    'CPU ms/request': of(name, 'cpuMs').toFixed(3),
    'CPU, of SDK': ratio(name, 'sdk'),
    'CPU, of node:https in Nest': ratio(name, 'nest-relay'),
    'CPU, of node:https': ratio(name, 'bare-relay'),
  }));
  printTable(`A guarded route, token cached: ${scenario.title}`, rows);
}
