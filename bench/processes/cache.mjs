/** Measures `getToken` if the token is in memory, and if many callers share one login. */
import { serve, settings } from '../child.mjs';
import { median } from '../table.mjs';
import { createService } from './clients/ours.mjs';

const HITS = 1_000_000;
const ENTRIES = 10_000;
const CALLERS = 1_000;

async function cached(service) {
  await service.getToken('ada');
  const rates = [];
  for (let round = 0; round < 5; round += 1) {
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    for (let i = 0; i < HITS; i += 1) await service.getToken('ada');
    const wallMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    rates.push({ perSecond: (HITS / wallMs) * 1_000, cpuUs: (user + system) / HITS });
  }
  return row('cached: one user, one caller after another', rates);
}

async function coalesced(service) {
  const rates = [];
  for (let round = 0; round < 20; round += 1) {
    await service.forget('ada');
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: CALLERS }, () => service.getToken('ada')));
    const wallMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    rates.push({ perSecond: (CALLERS / wallMs) * 1_000, cpuUs: (user + system) / CALLERS });
  }
  return row(`coalesced: ${CALLERS.toLocaleString('en')} callers of a cold user, one login for all`, rates);
}

const row = (what, rates) => ({
  what,
  'tokens/s': Math.round(median(rates.map(({ perSecond }) => perSecond))).toLocaleString('en'),
  'CPU µs/token': median(rates.map(({ cpuUs }) => cpuUs)).toFixed(2),
});

async function memory(service) {
  const login = (from) => Promise.all(Array.from({ length: 50 }, (_, i) => service.getToken(`user-${from + i}`)));
  await login(0);
  const heap = () => {
    global.gc();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let i = 50; i < ENTRIES; i += 50) await login(i);
  const bytes = (heap() - before) / (ENTRIES - 50);
  const tokenBytes = (await service.getToken('user-50')).length;
  return [{ 'bytes/entry': Math.round(bytes), 'of which the token': tokenBytes }];
}

const service = await createService(settings());
serve({
  measure: async () => ({ rows: [await cached(service), await coalesced(service)], memory: await memory(service) }),
});
