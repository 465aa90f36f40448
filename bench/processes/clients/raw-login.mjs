import { sign } from 'node:crypto';

/** The minimum that logs a user in: the key is parsed once, and there are no checks, retries or time limits. */
export function rawLogin(post, credId, key) {
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return async (username) => {
    const body = JSON.stringify({ username });
    const path = '/auth/login/delegated';
    const action = { userActionPayload: body, userActionHttpMethod: 'POST', userActionHttpPath: path };
    const { challenge, challengeIdentifier } = await post('/auth/action/init', JSON.stringify(action));
    const clientData = Buffer.from(JSON.stringify({ type: 'key.get', challenge }));
    const credentialAssertion = {
      credId,
      clientData: clientData.toString('base64url'),
      signature: sign(digest, clientData, key).toString('base64url'),
    };
    const firstFactor = { kind: 'Key', credentialAssertion };
    const { userAction } = await post('/auth/action', JSON.stringify({ challengeIdentifier, firstFactor }));
    return (await post(path, body, { 'x-dfns-useraction': userAction })).token;
  };
}
