import { createPrivateKey, sign } from 'node:crypto';
import { Pool } from 'undici';

/** The least that logs a user in: no checks, no retries, no time limits. What is cheaper than this is not a client. */
export function createClient({ url, authToken, credId, privateKey }) {
  const key = createPrivateKey(privateKey);
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
  return async (username) => {
    const body = JSON.stringify({ username });
    const path = '/auth/login/delegated';
    const action = { userActionPayload: body, userActionHttpMethod: 'POST', userActionHttpPath: path };
    const { challenge, challengeIdentifier } = await post('/auth/action/init', JSON.stringify(action));
    const clientData = Buffer.from(JSON.stringify({ type: 'key.get', challenge }));
    const credentialAssertion = {
      credId,
      clientData: clientData.toString('base64url'),
      signature: sign(null, clientData, key).toString('base64url'),
    };
    const firstFactor = { kind: 'Key', credentialAssertion };
    const { userAction } = await post('/auth/action', JSON.stringify({ challengeIdentifier, firstFactor }));
    return (await post(path, body, { 'x-dfns-useraction': userAction })).token;
  };
}
