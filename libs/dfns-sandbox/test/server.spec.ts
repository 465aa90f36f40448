import { connect } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DfnsSandbox } from 'dfns-sandbox';
import { CheckedSandbox, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';

const startChecked = stoppedAfterEach(CheckedSandbox);
const startSandbox = stoppedAfterEach(DfnsSandbox);

describe('the server', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/auth/unknown'],
    ['PATCH', '/wallets'],
    ['PUT', '/auth/login'],
    ['OPTIONS', '/wallets'],
    ['POST', '/auth/login/social'],
    ['POST', '/vaults/vlt-1?token=secret'],
  ])('does not know %s %s, and says so in the answer and in the log', async (method, path) => {
    const dfns = await startChecked();
    const message = `this sandbox does not know ${method} ${path}`;
    expect(await dfns.call(method, path)).toMatchObject({ status: 501, message, body: { error: { status: 501 } } });
    await dfns.call('GET', '/wallets');
    expect(dfns.sandbox.requests.map(({ problem }) => problem)).toEqual([message, undefined]);
  });

  it('answers a path that cannot be decoded with a 400 in the envelope', async () => {
    const dfns = await startChecked();
    expect(await dfns.call('GET', '/auth/users/%E0%A4')).toMatchObject({
      status: 400,
      message: expect.stringContaining('%E0%A4'),
    });
  });

  it('answers a body that is not UTF-8 with a 400 in the envelope', async () => {
    const { url } = await startSandbox();
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const response = await fetch(`${url}/auth/action`, { method: 'POST', body });
    const answer = { error: { status: 400, message: 'Request body is not UTF-8' } };
    expect([response.status, await response.json()]).toMatchObject([400, answer]);
  });

  it.each([
    ['no request line', 'hello\r\n\r\n', 400],
    ['a header that is too long', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s with the envelope', async (_, request, status) => {
    const { url } = await startSandbox();
    const answer = await rawAnswer(url, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { status } });
  });

  it('does not show the message of an unexpected error', async () => {
    const challenges = () => {
      throw new Error('a detail');
    };
    const dfns = await startChecked({ challenges });
    const { authToken: token } = dfns.sandbox.createServiceAccount();
    const body = { userActionHttpMethod: 'POST', userActionHttpPath: '/', userActionPayload: '' };
    expect(await dfns.call('POST', '/auth/action/init', { token, body })).toMatchObject({
      status: 500,
      message: 'Internal Server Error',
    });
  });

  it('refuses bodies over 1 MiB', async () => {
    const dfns = await startChecked();
    const send = (bytes: number) => dfns.call('POST', '/auth/action/init', { body: 'x'.repeat(bytes) });
    expect([(await send(1024 * 1024)).status, (await send(1024 * 1024 + 1)).status]).toEqual([401, 413]);
  });

  it.each(['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi'])('refuses the bearer %p', async (authorization) => {
    const dfns = await startChecked();
    expect(await dfns.call('GET', '/wallets', { headers: { authorization } })).toMatchObject({
      status: 401,
      message: 'Not Authorized.',
    });
  });

  it('refuses a token with changed claims', async () => {
    const dfns = await startChecked();
    const [header, claims = '', signature] = dfns.sandbox.createServiceAccount().authToken.split('.');
    const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), exp: 9_999_999_999 };
    const token = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
    expect(await dfns.call('GET', '/wallets', { token })).toMatchObject({ status: 401 });
  });

  it('keeps the requests that it received', async () => {
    const dfns = await startChecked({ now: () => 1_000, keepRequests: 2 });
    await dfns.call('GET', '/forgotten');
    await dfns.call('GET', '/wallets?limit=2', { headers: { 'X-Probe': 'é' } });
    await dfns.call('POST', '/auth/action', { body: '{ "exactly" :\n"this" }' });
    expect(dfns.sandbox.requests).toMatchObject([
      { method: 'GET', path: '/wallets?limit=2', body: '', receivedAt: 1_000 },
      { method: 'POST', path: '/auth/action', body: '{ "exactly" :\n"this" }' },
    ]);
  });

  it('limits the requests per minute', async () => {
    let now = Date.parse('2026-11-20T10:00:00Z');
    const dfns = await startChecked({ rateLimitPerMinute: 2, now: () => now });
    const { authToken: token } = dfns.sandbox.createServiceAccount();
    const reset = String(now / 1000 + 60);
    const expected = [
      [200, '2', '1', reset, null],
      [200, '2', '0', reset, null],
      [429, '2', '0', reset, '45'],
    ];
    for (const [status, ...headers] of expected) {
      if (status === 429) now += 15_000;
      const answer = await dfns.call('GET', '/wallets', { token });
      const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after'];
      expect([answer.status, ...names.map((name) => answer.headers.get(name))]).toEqual([status, ...headers]);
    }
    now += 45_000;
    expect(await dfns.call('GET', '/wallets', { token })).toMatchObject({ status: 200 });
  });

  it('checks the rate limit before all other checks', async () => {
    const dfns = await startChecked({ rateLimitPerMinute: 0, legacy: true });
    expect(await dfns.call('GET', '/wallets')).toMatchObject({ status: 429, message: 'Too Many Requests' });
  });

  it('requires the old headers and has the endpoint to restart a registration with the option legacy', async () => {
    const dfns = await startChecked({ legacy: true });
    expect(await dfns.call('GET', '/wallets')).toMatchObject({
      status: 403,
      message: 'application id is missing or invalid',
    });
    const headers = { 'X-DFNS-APPID': 'ap-sandbox' };
    const nonceOf = (date: number) =>
      Buffer.from(JSON.stringify({ uuid: crypto.randomUUID(), date: new Date(date) })).toString('base64url');
    for (const nonce of ['', nonceOf(Date.now() - 301_000), nonceOf(Date.now() + 301_000)]) {
      expect(await dfns.call('GET', '/wallets', { headers: { ...headers, 'X-DFNS-NONCE': nonce } })).toMatchObject({
        status: 400,
        message: 'request nonce is missing or invalid',
      });
    }
    const path = '/auth/registration/delegated/restart';
    expect(
      (await dfns.call('POST', path, { headers: { ...headers, 'X-DFNS-NONCE': nonceOf(Date.now()) } })).status,
    ).toBe(401);
  });

  it('has no restart of a registration by default, as Dfns may have none', async () => {
    const dfns = await startChecked();
    const restart = { email: 'ada', kind: 'EndUser' };
    const account = dfns.sandbox.createServiceAccount();
    const answer = await signedCall(dfns, account, 'POST', '/auth/registration/delegated/restart', restart);
    expect(answer).toMatchObject({ status: 404, message: 'endpoint not found' });
  });

  it('restarts a registration that is not complete', async () => {
    const dfns = await startChecked({ restart: true });
    const { sandbox } = dfns;
    const account = sandbox.createServiceAccount();
    const restart = (email: string) =>
      signedCall(dfns, account, 'POST', '/auth/registration/delegated/restart', { email, kind: 'EndUser' });
    sandbox.createUser({ username: 'half', registered: false });
    sandbox.createUser({ username: 'whole' });
    sandbox.createUser({ username: 'off', registered: false });
    sandbox.deactivateUser('off');
    const first = await restart('half');
    expect(first).toMatchObject({ status: 200, body: { user: { name: 'half' } } });
    expect((await restart('half')).body.challenge).not.toBe(first.body.challenge);
    const token = first.body.temporaryAuthenticationToken;
    const info = { credId: 'c', clientData: 'c', attestationData: 'a' };
    const body = { firstFactorCredential: { credentialKind: 'Key', credentialInfo: info } };
    const replaced = await dfns.call('POST', '/auth/registration', { token, body });
    expect(replaced).toMatchObject({ status: 401, message: 'Not Authorized.' });
    expect(await restart('whole')).toMatchObject({ status: 401, message: 'User already exists.' });
    expect(await restart('nobody')).toMatchObject({ status: 401, message: 'User not found' });
    expect(await restart('off')).toMatchObject({ status: 400, message: 'User account has been deactivated.' });
  });
});

/** Sends text that need not be HTTP, and returns all that comes back. */
async function rawAnswer(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe('the sandbox object', () => {
  it('lists all secrets that it made, and inspect shows none of them', async () => {
    const sandbox = await startSandbox();
    const account = sandbox.createServiceAccount();
    const user = sandbox.createUser({ username: 'ada', recoveryCredential: {} });
    const token = sandbox.issueUserToken('ada');
    const secrets = [account.authToken, account.privateKey, user.privateKey, user.recovery?.privateKey, token];
    expect(new Set(sandbox.secrets)).toEqual(new Set(secrets));
    for (const secret of sandbox.secrets) expect(inspect(sandbox, { depth: 9 })).not.toContain(secret);
  });

  it('refuses unknown users, and usernames and credential ids that exist', async () => {
    const sandbox = await startSandbox({ orgId: 'or-aaaaa-bbbbb-cccccccccccccccc' });
    expect(sandbox.orgId).toBe('or-aaaaa-bbbbb-cccccccccccccccc');
    expect(sandbox.user('nobody')).toBeUndefined();
    expect(() => sandbox.deactivateUser('nobody')).toThrow('There is no user nobody');
    const { credId } = sandbox.createServiceAccount();
    sandbox.createUser({ username: 'ada' });
    expect(() => sandbox.createUser({ username: 'ada' })).toThrow('User already exists.');
    expect(() => sandbox.createUser({ username: 'bob', credential: { credId } })).toThrow('Credential already exists.');
    expect(() => sandbox.createServiceAccount({ credId })).toThrow('Credential already exists.');
    expect(() => sandbox.createWallet({ network: 'Atlantis' })).toThrow('network Atlantis is not supported');
  });

  it('does not start on a port that is in use', async () => {
    const sandbox = await startSandbox();
    const port = Number(new URL(sandbox.url).port);
    await expect(DfnsSandbox.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('frees its port when it stops, and can be stopped twice', async () => {
    const sandbox = await startSandbox();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.stop();
    await sandbox.stop();
    const next = await startSandbox({ port });
    expect(next.url).toBe(sandbox.url);
  });
});

describe('Nest’s logger', () => {
  it('is not used by the sandbox, and works again after the start', async () => {
    const written: string[] = [];
    const write = (line: string) => written.push(line);
    Logger.overrideLogger({ log: write, error: write, warn: write });
    const sandboxes = await Promise.all([DfnsSandbox.start(), DfnsSandbox.start()]);
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    new Logger('application').log('still here');
    expect(written).toEqual(['still here']);
  });
});
