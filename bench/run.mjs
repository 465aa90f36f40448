/** `node bench/run.mjs` runs the parts of the first list, and `node bench/run.mjs NAME …` those that are named. */
import { machine } from './machine.mjs';

const PARTS = ['logins', 'route', 'start', 'warm', 'cache', 'signing', 'day'];
const GROUPS = { scale: ['replicas', 'overload', 'memory'] };

const names = process.argv.slice(2).flatMap((name) => GROUPS[name] ?? name);
console.log(`${machine()}\n`);
for (const name of names.length ? names : PARTS) {
  const { run } = await import(`./parts/${name}.mjs`);
  await run();
}
