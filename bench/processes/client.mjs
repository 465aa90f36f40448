/** Logs users in with one of the clients, and reports time and CPU time. */
import { serve, settings } from '../child.mjs';
import { percentile } from '../table.mjs';

const { name } = settings();
const { createClient } = await import(`./clients/${name}.mjs`);
const login = await createClient(settings());

serve({
  login: async ({ logins, concurrency }) => {
    const times = [];
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < logins; i = next++) {
        const startedAt = performance.now();
        const token = await login(`user-${i}`);
        times.push(performance.now() - startedAt);
        if (!token) throw new Error('no token');
      }
    };
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: concurrency }, worker));
    const wallMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    return {
      p50: percentile(times, 50),
      p95: percentile(times, 95),
      perSecond: (logins / wallMs) * 1_000,
      cpuMs: (user + system) / 1_000 / logins,
    };
  },
});
