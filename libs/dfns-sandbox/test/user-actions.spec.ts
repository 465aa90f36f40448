import { beforeAll, describe, expect, it } from '@jest/globals';
import { useSandbox } from './support/checked-sandbox.js';
import { signingClient } from './support/clients.js';
import { vectors } from './support/fixtures.js';
import { SoftwareKey } from './support/software-key.js';

const LOGIN = { method: 'POST', path: '/auth/login/delegated', payload: '{"username":"ada"}' };
let now = Date.parse('2026-11-20T10:00:00Z');
const dfns = useSandbox({ now: () => now, strict: true });
beforeAll(() => {
  dfns.sandbox.createUser({ username: 'ada' });
});

function newServiceAccount(permissions?: string[]) {
  const key = new SoftwareKey();
  const { authToken } = dfns.sandbox.createServiceAccount({
    publicKey: key.publicKey,
    credId: key.credId,
    permissions,
  });
  return { key, token: authToken };
}

async function open(token: string, { method, path, payload } = LOGIN) {
  const body = { userActionHttpMethod: method, userActionHttpPath: path, userActionPayload: payload };
  return (await dfns.call('POST', '/auth/action/init', { token, body })).body;
}

function exchange(token: string, challengeIdentifier: string, credentialAssertion: object) {
  const body = { challengeIdentifier, firstFactor: { kind: 'Key', credentialAssertion } };
  return dfns.call('POST', '/auth/action', { token, body });
}

async function userActionOf({ key, token }: ReturnType<typeof newServiceAccount>, action = LOGIN): Promise<string> {
  const { challenge, challengeIdentifier } = await open(token, action);
  return (await exchange(token, challengeIdentifier, key.assertion(challenge))).body.userAction;
}

const send = (token: string, userAction: string | undefined, body = LOGIN.payload, path = LOGIN.path) =>
  dfns.call('POST', path, { token, body, headers: userActionHeader(userAction) });
const userActionHeader = (userAction: string | undefined): Record<string, string> =>
  userAction === undefined ? {} : { 'X-DFNS-USERACTION': userAction };

describe('the official SDK', () => {
  interface KeyVector {
    id: string;
    credId: string;
    privateKeyPem: { pkcs8: string };
    publicKeyPem: { spki: string };
  }

  it.each<KeyVector>(vectors.keys)('signs with $id', async ({ credId, privateKeyPem, publicKeyPem }) => {
    const { authToken } = dfns.sandbox.createServiceAccount({ publicKey: publicKeyPem.spki, credId });
    const client = signingClient(dfns, { authToken, credId, privateKey: privateKeyPem.pkcs8 });
    const { token } = await client.auth.delegatedLogin({ body: { username: 'ada' } });
    expect(token.split('.')).toHaveLength(3);
  });

  it('is refused with the key of another identity', async () => {
    const { token, key } = newServiceAccount();
    const { privateKeyPem } = new SoftwareKey();
    const client = signingClient(dfns, { authToken: token, credId: key.credId, privateKey: privateKeyPem });
    await expect(client.auth.delegatedLogin({ body: { username: 'ada' } })).rejects.toMatchObject({
      httpStatus: 401,
      message: expect.stringContaining('signature does not verify'),
    });
  });
});

describe('a user action', () => {
  it('works once', async () => {
    const account = newServiceAccount();
    const userAction = await userActionOf(account);
    expect(await send(account.token, userAction)).toMatchObject({ status: 200 });
    expect(await send(account.token, userAction)).toMatchObject({
      status: 400,
      message: 'user action has already been used',
    });
  });

  it.each([
    ['another body', '{"username":"bob"}', LOGIN.path],
    ['the same body with other white space', '{ "username": "ada" }', LOGIN.path],
    ['another path', LOGIN.payload, '/auth/registration/delegated'],
  ])('is refused for %s', async (_, body, path) => {
    const account = newServiceAccount();
    expect(await send(account.token, await userActionOf(account), body, path)).toMatchObject({
      status: 403,
      message: 'user action signature is missing or invalid',
    });
  });

  it('is refused for another method', async () => {
    const account = newServiceAccount();
    const userAction = await userActionOf(account, { ...LOGIN, method: 'PUT' });
    expect(await send(account.token, userAction)).toMatchObject({ status: 403 });
    expect(await send(account.token, userAction)).toMatchObject({ status: 400 });
  });

  it('is refused for another identity, and still works for its own', async () => {
    const account = newServiceAccount();
    const userAction = await userActionOf(account);
    expect(await send(newServiceAccount().token, userAction)).toMatchObject({ status: 403 });
    expect(await send(account.token, userAction)).toMatchObject({ status: 200 });
  });

  it.each([
    ['missing', undefined],
    ['invented', 'not-a-user-action'],
  ])('is refused when it is %s', async (_, userAction) => {
    expect(await send(newServiceAccount().token, userAction)).toMatchObject({
      status: 403,
      message: 'user action signature is missing or invalid',
    });
  });

  it('expires after five minutes', async () => {
    const account = newServiceAccount();
    const [early, late] = [await userActionOf(account), await userActionOf(account)];
    now += 299_000;
    expect(await send(account.token, early)).toMatchObject({ status: 200 });
    now += 1_000;
    expect(await send(account.token, late)).toMatchObject({ status: 403 });
  });

  it('is used up by a request that fails later', async () => {
    const account = newServiceAccount();
    const payload = '{"username":"nobody"}';
    const userAction = await userActionOf(account, { ...LOGIN, payload });
    expect(await send(account.token, userAction, payload)).toMatchObject({ status: 401, message: 'User not found' });
    expect(await send(account.token, userAction, payload)).toMatchObject({ status: 400 });
  });

  it('is checked after the permission and before the body', async () => {
    const stranger = newServiceAccount([]);
    expect(await send(stranger.token, undefined, 'no json')).toMatchObject({
      status: 403,
      message: expect.stringMatching(/^CustomerEmployee us-\S+ is not authorized .+ \(Auth:Login:Delegated\)$/),
    });
    const account = newServiceAccount();
    expect((await send(account.token, undefined, 'no json')).message).toMatch('user action');
    const userAction = await userActionOf(account, { ...LOGIN, payload: 'no json' });
    expect(await send(account.token, userAction, 'no json')).toMatchObject({ status: 400 });
  });

  it.each(['?force=true', ''])('is accepted if the signed path has the query or not (%p)', async (query) => {
    const account = newServiceAccount();
    const userAction = await userActionOf(account, { ...LOGIN, path: `${LOGIN.path}${query}` });
    expect(await send(account.token, userAction, LOGIN.payload, `${LOGIN.path}?force=true`)).toMatchObject({
      status: 200,
    });
  });
});

describe('the payload of a user action', () => {
  interface Payload {
    name: string;
    userActionPayload: string;
    sentBody: string | null;
  }

  it.each<Payload>(vectors.payloadStrings)(
    'is compared as text: $name',
    async ({ userActionPayload: payload, sentBody }) => {
      const account = newServiceAccount();
      const body = sentBody ?? '';
      const path = '/wallets';
      const answer = await send(account.token, await userActionOf(account, { ...LOGIN, path, payload }), body, path);
      expect(answer.message ?? '').not.toMatch(/user action/);
      const other = await userActionOf(account, { ...LOGIN, path, payload: `${payload} ` });
      expect(await send(account.token, other, body, path)).toMatchObject({ status: 403 });
    },
  );

  it.each([
    ['{}', ''],
    ['', '{}'],
  ])('%p is accepted for the body %p', async (payload, body) => {
    const account = newServiceAccount();
    const { userId } = dfns.sandbox.createUser({ username: `switched ${payload} ${body}` });
    const path = `/auth/users/${userId}/deactivate`;
    const userAction = await userActionOf(account, { method: 'PUT', path, payload });
    const headers = userActionHeader(userAction);
    expect(await dfns.call('PUT', path, { token: account.token, body, headers })).toMatchObject({ status: 200 });
  });
});

describe('a challenge', () => {
  const invalid = { status: 400, message: 'Challenge token is not valid.' };

  it('works once, also if its first signature is wrong', async () => {
    const { key, token } = newServiceAccount();
    const { challenge, challengeIdentifier } = await open(token);
    expect(await exchange(token, challengeIdentifier, key.assertion('another'))).toMatchObject({ status: 401 });
    expect(await exchange(token, challengeIdentifier, key.assertion(challenge))).toMatchObject(invalid);
  });

  it('expires after fifteen minutes', async () => {
    const { key, token } = newServiceAccount();
    const [early, late] = [await open(token), await open(token)];
    now += 899_000;
    expect(await exchange(token, early.challengeIdentifier, key.assertion(early.challenge))).toMatchObject({
      status: 200,
    });
    now += 1_000;
    expect(await exchange(token, late.challengeIdentifier, key.assertion(late.challenge))).toMatchObject(invalid);
  });

  it('is refused for another identity, and so are an invented identifier and a bearer token', async () => {
    const { key, token } = newServiceAccount();
    const { challenge, challengeIdentifier } = await open(newServiceAccount().token);
    for (const identifier of [challengeIdentifier, 'made.up.jwt', token]) {
      expect(await exchange(token, identifier, key.assertion(challenge))).toMatchObject(invalid);
    }
  });

  it('has an identifier that is not empty', async () => {
    const { key, token } = newServiceAccount();
    expect(await exchange(token, '', key.assertion('x'))).toMatchObject({
      status: 400,
      message: expect.stringContaining('challengeIdentifier'),
    });
  });

  it('lists the active keys of the caller only', async () => {
    const { key, token } = newServiceAccount();
    expect((await open(token)).allowCredentials).toEqual({
      key: [{ type: 'public-key', id: key.credId }],
      passwordProtectedKey: [],
      webauthn: [],
    });
  });

  it('can be signed with a credential of the caller only', async () => {
    const { token } = newServiceAccount();
    const { challenge, challengeIdentifier } = await open(token);
    const stranger = newServiceAccount().key;
    expect(await exchange(token, challengeIdentifier, stranger.assertion(challenge))).toMatchObject({
      status: 401,
      message: 'User does not have a credential that can be used for the application.',
    });
  });

  it('can be signed with a credential of the named kind only, and not with a recovery key', async () => {
    const [key, recoveryKey] = [new SoftwareKey(), new SoftwareKey()];
    dfns.sandbox.createUser({ username: 'kinds', credential: key, recoveryCredential: recoveryKey });
    const token = dfns.sandbox.issueUserToken('kinds');
    for (const [kind, signer, status] of [
      ['Key', key, 200],
      ['PasswordProtectedKey', key, 401],
      ['Key', recoveryKey, 401],
    ] as const) {
      const { challenge, challengeIdentifier } = await open(token);
      const body = { challengeIdentifier, firstFactor: { kind, credentialAssertion: signer.assertion(challenge) } };
      expect(await dfns.call('POST', '/auth/action', { token, body })).toMatchObject({ status });
    }
  });

  it('accepts a second factor, and checks it', async () => {
    const { key, token } = newServiceAccount();
    const factor = (challenge: string) => ({ kind: 'Key', credentialAssertion: key.assertion(challenge) });
    for (const [signed, status] of [
      [(challenge: string) => challenge, 200],
      [() => 'another', 401],
    ] as const) {
      const { challenge, challengeIdentifier } = await open(token);
      const body = { challengeIdentifier, firstFactor: factor(challenge), secondFactor: factor(signed(challenge)) };
      expect(await dfns.call('POST', '/auth/action', { token, body })).toMatchObject({ status });
    }
  });

  it.each([
    [{ userActionHttpMethod: 'PATCH', userActionHttpPath: '/', userActionPayload: '' }, /userActionHttpMethod/],
    [{ userActionHttpMethod: 'POST', userActionHttpPath: '', userActionPayload: '' }, /userActionHttpPath/],
    [{ userActionHttpMethod: 'POST', userActionHttpPath: '/' }, /userActionPayload is required/],
    [{ userActionHttpMethod: 'POST', userActionHttpPath: '/', userActionPayload: '', more: 1 }, /more is not a known/],
    ['[]', /body must be an object/],
    ['{', /body must be JSON/],
  ])('is not given for the body %j', async (body, problem) => {
    const { token } = newServiceAccount();
    const refused = await dfns.call('POST', '/auth/action/init', { token, body });
    expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(problem) });
    expect(refused.body.error.details.errors).toHaveLength(1);
  });
});
