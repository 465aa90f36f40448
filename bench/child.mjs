import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder with its settings in `BENCH`, and waits until it sends that it is ready. */
export async function start(script, settings, env = {}, execArgv = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, { env: { ...process.env, ...env, BENCH: JSON.stringify(settings) }, execArgv });
  child.once('exit', (code) => {
    if (code) process.exit(code);
  });
  await once(child, 'message');
  return child;
}

/** Sends a message to a started script and waits for its reply. */
export async function ask(child, message) {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer;
}

/** For the started script: its settings, and how it replies to messages. */
export const settings = () => JSON.parse(process.env.BENCH);
export function serve(handlers) {
  process.on('message', async (message) => process.send((await handlers[message.do](message)) ?? {}));
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
