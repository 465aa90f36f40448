/**
 * Runs the built commands one after the other in one process, because each start of a process takes a second. A message
 * holds the arguments and the environment of one run.
 */
import { run } from '../../dist/commands/run.js';

const ofProcess = { ...process.env };

async function printedBy(command) {
  const printed = { stdout: '', stderr: '' };
  const writes = Object.keys(printed).map((name) => {
    const { write } = process[name];
    process[name].write = (text) => {
      printed[name] += text;
      return true;
    };
    return () => {
      process[name].write = write;
    };
  });
  try {
    return { code: await command(), ...printed };
  } finally {
    for (const restore of writes) restore();
  }
}

process.on('message', async ({ args, env }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, ofProcess, env);
  process.send(await printedBy(() => run(args)));
});
process.send('ready');
