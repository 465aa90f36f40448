import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a script of the folder `processes` with its settings in `BENCH`, and waits until it sends that it is ready. */
export async function start(script, settings, env = {}, execArgv = []) {
  const path = fileURLToPath(new URL(`processes/${script}`, import.meta.url));
  const child = fork(path, { env: { ...process.env, ...env, BENCH: JSON.stringify(settings) }, execArgv });
  child.once('exit', (code) => {
    if (code) process.exit(code);
  });
  await once(child, 'message');
  child.setMaxListeners(0);
  return child;
}

let lastId = 0;

/** Sends a message to a started script and waits for its reply. Several may be under way. */
export function ask(child, message) {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    const onMessage = (reply) => {
      if (reply.id !== id) return;
      child.off('message', onMessage);
      resolve(reply.answer);
    };
    child.on('message', onMessage);
    child.send({ ...message, id });
  });
}

/** Ends a started script. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** For the started script: its settings, and how it replies to messages. */
export const settings = () => JSON.parse(process.env.BENCH);
export function serve(handlers) {
  process.on('message', async ({ id, ...message }) =>
    process.send({ id, answer: (await handlers[message.do](message)) ?? {} }),
  );
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
