import { createPrivateKey } from 'node:crypto';
import { Agent, request } from 'node:https';
import { rawLogin } from './raw-login.mjs';

/** {@link rawLogin} with the `https` of Node, without any code of this library. */
export function createClient({ url, authToken, credId, privateKey }) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' });
  const post = (path, body, headers) =>
    new Promise((resolve, reject) => {
      const sent = { authorization: `Bearer ${authToken}`, 'content-type': 'application/json', ...headers };
      request({
        hostname,
        port,
        agent,
        method: 'POST',
        path,
        headers: { ...sent, 'content-length': Buffer.byteLength(body) },
      })
        .on('error', reject)
        .on('response', (response) => {
          const chunks = [];
          response
            .on('data', (chunk) => chunks.push(chunk))
            .on('end', () => resolve(JSON.parse(Buffer.concat(chunks))));
        })
        .end(body);
    });
  return rawLogin(post, credId, createPrivateKey(privateKey));
}
