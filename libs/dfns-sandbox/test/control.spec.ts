import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DfnsSandbox } from 'dfns-sandbox';
import { callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';

const start = stoppedAfterEach(DfnsSandbox);

/** A sandbox, and a function that calls its control. */
async function controlled(options?: Parameters<typeof start>[0]) {
  const sandbox = await start(options);
  const port = new URL(sandbox.url).port;
  const call = callerOf(`http://127.0.0.1:${port}`);
  const control = (method: string, path: string, body?: object, headers = {}) =>
    call(method, `/_sandbox${path}`, {
      ...(body && { body }),
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    });
  return { sandbox, call, control, port };
}

/** The status of a request whose headers `fetch` would not send. */
function statusOf(port: string, path: string, headers: Record<string, string>, method = 'GET', body = '') {
  return new Promise<number | undefined>((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, method, headers }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end(body);
  });
}

describe('control over HTTP', () => {
  it('makes users, service accounts, wallets and tokens that work', async () => {
    const { call, control } = await controlled();
    const { body: account } = await control('POST', '/service-accounts', { name: 'back end' });
    const { body: user } = await control('POST', '/users', { username: 'ada@example.test' });
    await control('POST', '/wallets', { network: 'EthereumSepolia', delegateTo: 'ada@example.test' });
    expect(user).toMatchObject({ kind: 'EndUser', privateKey: expect.stringContaining('PRIVATE KEY') });
    expect(
      await signedCall({ call }, account, 'POST', '/auth/login/delegated', { username: 'ada@example.test' }),
    ).toMatchObject({
      status: 200,
    });
    const { body } = await control('POST', '/users/ada%40example.test/issue-token');
    expect((await call('GET', '/wallets', { token: body.token })).body.items).toHaveLength(1);
    await control('POST', '/users/ada%40example.test/deactivate');
    expect((await call('GET', '/wallets', { token: body.token })).status).toBe(401);
    expect((await control('GET', '/users')).body.items).toMatchObject([
      { username: 'ada@example.test', state: 'Deactivated', wallets: 1, actions: ['issue-token', 'activate'] },
    ]);
  });

  it('refuses what is not possible, and names the member that is wrong', async () => {
    const { control } = await controlled();
    await control('POST', '/users', { username: 'ada' });
    const answers = [
      await control('POST', '/users', { username: 'ada' }),
      await control('POST', '/users', { username: 7, surname: 'x' }),
      await control('POST', '/wallets', { network: 'Atlantis' }),
      await control('POST', '/users/nobody/deactivate'),
      await control('POST', '/users/ada/activate'),
      await control('POST', '/nothing'),
    ];
    expect(answers.map(({ status, message }) => [status, message])).toEqual([
      [401, 'User already exists.'],
      [400, expect.stringMatching(/body\.surname is not a known member; body\.username must be a text/)],
      [400, expect.stringContaining('body.network must be a network that the sandbox supports')],
      [404, 'There is no nobody in users'],
      [409, 'Activate is not possible now'],
      [404, expect.stringContaining('/_sandbox/openapi.json')],
    ]);
  });

  it('plans, lists and removes faults with the words of the sandbox object', async () => {
    const { sandbox, call, control } = await controlled();
    const on = 'GET /wallets';
    const { body: first } = await control('POST', '/faults', { on, kind: 'status', status: 503, times: 2 });
    await control('POST', '/faults', { on: '*', kind: 'html', times: 'always' });
    expect((await call('GET', '/wallets')).status).toBe(503);
    expect((await control('GET', '/faults')).body.items).toEqual([
      { id: first.id, on, kind: 'status', status: 503, times: 2, left: 1 },
      { id: expect.any(String), on: '*', kind: 'html', times: 'always', left: 'always' },
    ]);
    expect(sandbox.faults.list()).toMatchObject([{ left: 1 }, { left: Number.POSITIVE_INFINITY }]);
    expect((await control('DELETE', `/faults/${first.id}`)).status).toBe(200);
    expect((await control('DELETE', `/faults/${first.id}`)).status).toBe(404);
    expect(sandbox.faults.list()).toHaveLength(1);
    await control('DELETE', '/faults');
    expect((await call('GET', '/wallets')).status).toBe(401);
    const wrong = [
      { on, kind: 'status' },
      { on: 'wallets', kind: 'hang' },
      { on, kind: 'flood' },
      { on, kind: 'hang', when: 'now' },
    ];
    for (const fault of wrong) expect(await control('POST', '/faults', fault)).toMatchObject({ status: 400 });
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('is not touched by faults and rate limits, and is not a request to Dfns', async () => {
    const { sandbox, call, control } = await controlled({ rateLimitPerMinute: 0 });
    sandbox.faults.add({ on: '*', kind: 'reset', times: Number.POSITIVE_INFINITY });
    expect((await control('DELETE', '/faults')).status).toBe(200);
    expect((await call('GET', '/_sandboxed')).status).toBe(501);
    expect((await call('GET', '/wallets')).status).toBe(429);
    expect(sandbox.requests.map(({ path }) => path)).toEqual(['/_sandboxed', '/wallets']);
  });

  it('moves the clock, so that tokens end', async () => {
    const { sandbox, call, control } = await controlled({ now: () => Date.parse('2026-11-20T10:00:00Z') });
    sandbox.createUser({ username: 'ada' });
    const token = sandbox.issueUserToken('ada');
    const status = async () => (await call('GET', '/wallets', { token })).status;
    await control('POST', '/clock/advance', { ms: 3_599_000 });
    expect(await status()).toBe(200);
    expect((await control('POST', '/clock/advance', { ms: 1_000 })).body).toEqual({
      now: '2026-11-20T11:00:00.000Z',
      aheadMs: 3_600_000,
    });
    expect(await status()).toBe(401);
    expect((await control('POST', '/clock/advance', { ms: -1 })).status).toBe(400);
    expect(() => sandbox.clock.advance(-1)).toThrow('forward only');
    await control('POST', '/clock/reset');
    expect([await status(), sandbox.clock.aheadMs]).toEqual([200, 0]);
  });

  it('goes back to the moment after the start', async () => {
    const { sandbox, call, control } = await controlled();
    const { authToken: token } = sandbox.createServiceAccount();
    sandbox.createUser({ username: 'ada', wallets: [{ network: 'Base' }] });
    sandbox.clock.advance(5_000);
    sandbox.faults.add({ on: '*', kind: 'hang' });
    expect((await control('POST', '/reset')).status).toBe(200);
    expect([sandbox.user('ada'), sandbox.requests, sandbox.faults.list(), sandbox.clock.aheadMs]).toEqual([
      undefined,
      [],
      [],
      0,
    ]);
    expect((await call('GET', '/wallets', { token })).status).toBe(401);
    expect((await control('GET', '/wallets')).body.items).toEqual([]);
    sandbox.createUser({ username: 'ada' });
  });

  it('is described by an OpenAPI document, whose bodies are those that it accepts', async () => {
    const { control } = await controlled();
    const { body: document } = await control('GET', '/openapi.json');
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(document, 'control');
    const accepts = (path: string, body: object) =>
      ajv.compile({
        $ref: `control#/paths/${path.replaceAll('/', '~1')}/post/requestBody/content/application~1json/schema`,
      })(body);
    const bodies: [string, object][] = [
      ['/faults', { on: '*', kind: 'hang', when: 'body', times: 'always' }],
      ['/faults', { on: '*', kind: 'slow', times: 0 }],
      ['/faults', { on: '*', kind: 'slow', bytes: 5 }],
      ['/users', { username: 'ada', wallets: [{ network: 'Base' }] }],
      ['/users', { kind: 'EndUser' }],
      ['/clock/advance', { ms: 1 }],
      ['/clock/advance', { ms: 'long' }],
    ];
    for (const [path, body] of bodies) {
      expect([body, accepts(path, body)]).toEqual([body, (await control('POST', path, body)).status === 200]);
    }
    const operations = Object.values<Record<string, { operationId: string; summary: string }>>(document.paths).flatMap(
      Object.values,
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { summary } of operations) expect(summary).toMatch(/\.$/);
  });
});

describe('control is closed', () => {
  it('for pages of other sites', async () => {
    const { sandbox, port } = await controlled();
    sandbox.createUser({ username: 'ada' });
    const host = `127.0.0.1:${port}`;
    const own = `http://${host}`;
    const json = { 'content-type': 'application/json' };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const refused: [string, Record<string, string>, string?][] = [
      ['/requests', { host: 'evil.test' }],
      ['/requests', { host: `evil.test:${port}` }],
      ['/', { host: `evil.test:${port}` }],
      ['/requests', { host, origin: 'http://evil.test' }],
      ['/requests', { host, origin: 'null' }],
      ['/requests', { host, origin: `http://localhost:${port}` }],
      ['/requests', { host, 'sec-fetch-site': 'cross-site' }],
      ['/events', { host, 'sec-fetch-site': 'same-site' }],
      ['/reset', { host, ...form }, 'POST'],
      ['/reset', { host, 'content-type': 'text/plain' }, 'POST'],
      ['/reset', { host, origin: 'http://evil.test', ...json }, 'POST'],
      ['/reset', { host, origin: own, ...json }, 'OPTIONS'],
    ];
    for (const [path, headers, method] of refused) {
      const status = await statusOf(port, `/_sandbox${path}`, headers, method);
      expect([path, headers, status]).toEqual([path, headers, expect.any(Number)]);
      expect([403, 404, 415]).toContain(status);
    }
    expect(sandbox.user('ada')).toBeDefined();
    expect(await statusOf(port, '/_sandbox/requests', { host, origin: own, 'sec-fetch-site': 'same-origin' })).toBe(
      200,
    );
    expect(await statusOf(port, '/_sandbox/requests', { host: `app.localhost:${port}` })).toBe(200);
    expect(await statusOf(port, '/_sandbox/reset', { host }, 'POST')).toBe(200);
  });

  it('beyond loopback, until there is a control token', async () => {
    const { port, control } = await controlled({ host: '0.0.0.0' });
    expect(await control('GET', '/users')).toMatchObject({
      status: 403,
      message: expect.stringContaining('listens on 0.0.0.0. Start it with --control-token'),
    });
    expect(await statusOf(port, '/_sandbox/', {})).toBe(403);
    const guarded = await controlled({ host: '0.0.0.0', controlToken: 'open-sesame' });
    expect((await guarded.control('GET', '/users')).status).toBe(401);
    expect(await statusOf(guarded.port, '/_sandbox/', { host: 'dev.test' })).toBe(200);
    const authorization = 'Bearer open-sesame';
    expect((await guarded.control('GET', '/users', undefined, { authorization })).status).toBe(200);
    expect(
      (await guarded.control('GET', '/users', undefined, { authorization, origin: 'http://evil.test' })).status,
    ).toBe(403);
  });

  it('without its token, also on loopback, once it has one', async () => {
    const { control } = await controlled({ controlToken: 'secret' });
    for (const path of ['/users', '/requests', '/openapi.json', '/events', '/secrets/0000000000000000', '/set-up']) {
      expect([path, (await control('GET', path)).status]).toEqual([path, 401]);
      expect((await control('GET', path, undefined, { authorization: 'Bearer wrong' })).status).toBe(401);
    }
  });
});

describe('the stream of events', () => {
  /** Opens the stream, and returns a function that reads up to an event that the test looks for. */
  async function stream(port: string) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/_sandbox/events' }, resolve).on('error', reject);
    });
    let text = '';
    const chunks = answer.setEncoding('utf8')[Symbol.asyncIterator]();
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += (await chunks.next()).value;
      return text;
    };
    return { until, close: () => answer.destroy() };
  }

  it('tells everything at first, and then every change', async () => {
    const { sandbox, call, port } = await controlled();
    const { until, close } = await stream(port);
    expect(await until(/event: ready/)).toContain('"name":"users","content":{"total":0,"items":[]}');
    sandbox.createUser({ username: 'ada' });
    await call('GET', '/wallets');
    expect(await until(/"username":"ada"/)).toMatch(/event: record\ndata: .*"status":401/);
    close();
  });

  it('shows no secret in full, and gives one only when it is asked for', async () => {
    const { sandbox, call, port, control } = await controlled();
    const account = sandbox.createServiceAccount();
    sandbox.createUser({ username: 'ada' });
    const { until, close } = await stream(port);
    await until(/event: ready/);
    const login = await signedCall({ call }, account, 'POST', '/auth/login/delegated', { username: 'ada' });
    await call('GET', '/wallets', { headers: { authorization: 'Bearer opaque-but-secret' } });
    await call('POST', `/wallets?body=${encodeURIComponent(login.body.token)}`, { body: { key: account.privateKey } });
    const text = await until(/"durationMs".*wallets\?body/);
    for (const secret of [...sandbox.secrets, 'opaque-but-secret', JSON.stringify(account.privateKey).slice(30, 60)]) {
      expect(text).not.toContain(secret);
    }
    const [, shown = '', digest] = /"answer":"{\\"token\\":\\"⟦([^|]+)\|([0-9a-f]{16})⟧/.exec(text) ?? [];
    expect(login.body.token.startsWith(shown.slice(0, 4)) && login.body.token.endsWith(shown.slice(-4))).toBe(true);
    expect((await control('GET', `/secrets/${digest}`)).body).toEqual({ secret: login.body.token });
    expect((await control('GET', '/secrets/0000000000000000')).status).toBe(404);
    close();
  });

  it('does not keep the sandbox from stopping', async () => {
    const { sandbox, port } = await controlled();
    const { until } = await stream(port);
    await until(/event: ready/);
    await sandbox.stop();
    await expect(until(/never/)).rejects.toThrow('aborted');
  });
});
