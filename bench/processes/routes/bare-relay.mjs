import { createServer } from 'node:http';
import { usernameOf } from './application.mjs';
import { createRelay } from './relay.mjs';
import { tokensOf } from './tokens.mjs';

/** `node:http` and `node:https` without Nest: nothing is parsed. */
export async function start({ url, usernames }) {
  const relay = createRelay(url, tokensOf(usernames));
  const server = createServer(async (request, response) => {
    const text = await relay(usernameOf(request));
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}
