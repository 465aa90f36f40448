import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder with its settings in `BENCH`, and waits until it says that it is ready. */
export async function start(script, settings, env = {}, execArgv = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, { env: { ...process.env, ...env, BENCH: JSON.stringify(settings) }, execArgv });
  child.once('exit', (code) => {
    if (code) process.exit(code);
  });
  await once(child, 'message');
  return child;
}

/** Sends a message and waits for the answer. */
export async function ask(child, message) {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer;
}

/** The other end of both: what the script was started with, and how it answers. */
export const settings = () => JSON.parse(process.env.BENCH);
export function serve(handlers) {
  process.on('message', async (message) => process.send((await handlers[message.do](message)) ?? {}));
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
