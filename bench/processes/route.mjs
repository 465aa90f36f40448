/** An application that relays the wallets of its users, with one of the clients. It reports its CPU time. */
import { serve, settings } from '../child.mjs';

const { start } = await import(`./routes/${settings().name}.mjs`);
let cpu = process.cpuUsage();

serve({
  listen: async () => ({ port: await start(settings()) }),
  reset: () => {
    cpu = process.cpuUsage();
  },
  cpu: () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMs: (user + system) / 1_000 };
  },
});
