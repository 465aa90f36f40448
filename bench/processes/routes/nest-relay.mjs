import { listen } from './application.mjs';
import { createRelay } from './relay.mjs';
import { tokensOf } from './tokens.mjs';

/** `node:https` in the same Nest application. The answer is parsed, as the other clients do. */
export async function start({ url, usernames }) {
  const relay = createRelay(url, tokensOf(usernames));
  return (await listen(async (username) => JSON.parse(await relay(username)))).port;
}
