import { createPrivateKey } from 'node:crypto';
import { Pool } from 'undici';
import { rawLogin } from './raw-login.mjs';

/** {@link rawLogin} with undici, the fastest HTTP client for Node. */
export function createClient({ url, authToken, credId, privateKey }) {
  const pool = new Pool(url, { connections: 64 });
  const post = async (path, body, headers) => {
    const answer = await pool.request({
      method: 'POST',
      path,
      body,
      headers: { authorization: `Bearer ${authToken}`, 'content-type': 'application/json', ...headers },
    });
    return answer.body.json();
  };
  return rawLogin(post, credId, createPrivateKey(privateKey));
}
