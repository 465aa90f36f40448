import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DfnsSandbox } from 'dfns-sandbox';
import { callerOf, stoppedAfterEach } from './support/checked-sandbox.js';
import { signedCall } from './support/clients.js';
import { WebhookTarget } from './support/webhook-target.js';

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

  it('takes back transfers, webhooks, permissions and mails with a reset', async () => {
    const { sandbox, call } = await controlled();
    const account = sandbox.createServiceAccount();
    const { id } = sandbox.createWallet({ network: 'Ethereum' });
    const body = { kind: 'Native', to: `0x${'d'.repeat(40)}`, amount: '1' };
    await signedCall({ call }, account, 'POST', `/wallets/${id}/transfers`, body);
    sandbox.webhooks.create({ url: 'http://127.0.0.1:1/', events: ['*'] });
    sandbox.createPermission({ name: 'Readers', operations: ['Wallets:Read'] });
    sandbox.createUser({ username: 'ada' });
    await call('POST', '/auth/login/code', { body: { username: 'ada', orgId: sandbox.orgId } });
    expect([sandbox.transfers.list(), sandbox.outbox.list()]).toMatchObject([[{ status: 'Pending' }], [{ to: 'ada' }]]);
    sandbox.reset();
    const kinds: string[] = [];
    sandbox.events.listen(({ kind }) => kinds.push(kind));
    sandbox.clock.advance(60_000);
    await sandbox.webhooks.settled();
    expect([kinds, sandbox.transfers.list(), sandbox.outbox.list(), sandbox.webhooks.deliveries]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    sandbox.createPermission({ name: 'Readers', operations: ['Wallets:Read'] });
    for (let count = 0; count < 5; count += 1) sandbox.webhooks.create({ url: 'http://127.0.0.1:1/', events: ['*'] });
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

describe('the lists of control', () => {
  const NEVER = Number.POSITIVE_INFINITY;
  const byHand = { executeAfterMs: NEVER, broadcastAfterMs: NEVER, confirmAfterMs: NEVER };
  const to = `0x${'d'.repeat(40)}`;
  const policy = {
    name: 'two eyes',
    activityKind: 'Wallets:Sign',
    rule: { kind: 'AlwaysTrigger' },
    action: { kind: 'RequestApproval', approvalGroups: [{ quorum: 1, approvers: {} }] },
  } satisfies Parameters<DfnsSandbox['createPolicy']>[0];

  /** A sandbox with a wallet of the organisation, and functions that ask for a transfer and read a list. */
  async function withWallet(options?: Parameters<typeof start>[0]) {
    const controls = await controlled(options);
    const { sandbox, call, control } = controls;
    const account = sandbox.createServiceAccount();
    const { id } = sandbox.createWallet({ network: 'Ethereum', name: 'Treasury' });
    const send = async (path: string, body: object) =>
      (await signedCall({ call }, account, 'POST', `/wallets/${id}/${path}`, body)).body;
    const items = async (name: string) => (await control('GET', `/${name}`)).body.items;
    const transfer = () =>
      send('transfers', { kind: 'Native', to, amount: '1500000000000000000', externalId: 'pay-1' });
    return { ...controls, account, send, items, transfer };
  }

  it('have transfers, and move them on as far as their state allows', async () => {
    const { control, items, transfer } = await withWallet({ transfers: byHand });
    const { id } = await transfer();
    expect(await items('transfers')).toMatchObject([
      {
        wallet: 'Treasury',
        kind: 'Native',
        amount: '1.5 ETH',
        to,
        status: 'Pending',
        externalId: 'pay-1',
        actions: ['broadcast', 'confirm', 'fail', 'reject'],
      },
    ]);
    expect((await control('POST', `/transfers/${id}/broadcast`)).status).toBe(200);
    expect(await items('transfers')).toMatchObject([{ status: 'Broadcasted', actions: ['confirm', 'fail'] }]);
    expect((await control('POST', `/transfers/${id}/reject`)).status).toBe(409);
    await control('POST', `/transfers/${id}/fail`, { reason: 'out of gas' });
    const more = expect.arrayContaining(['External id: pay-1', 'Reason: out of gas']);
    expect(await items('transfers')).toMatchObject([{ status: 'Failed', more, actions: [] }]);
    expect(await items('transactions')).toEqual([]);
  });

  it('have transactions, and confirm and reject them', async () => {
    const { control, items, send } = await withWallet({ transfers: byHand });
    const { id } = await send('transactions', { kind: 'Evm', to, value: '0x0de0b6b3a7640000' });
    const { id: other } = await send('transactions', { kind: 'Transaction', transaction: '0x02' });
    expect(await items('transactions')).toMatchObject([{ amount: '1 ETH', to }, { kind: 'Transaction' }]);
    await control('POST', `/transactions/${id}/confirm`);
    await control('POST', `/transactions/${other}/reject`, { reason: 'not today' });
    expect(await items('transactions')).toMatchObject([
      { status: 'Confirmed', actions: [] },
      { status: 'Rejected', more: expect.arrayContaining(['Reason: not today']) },
    ]);
  });

  it.each([
    ['approve', 'Approved', 'Pending', ['broadcast', 'confirm', 'fail', 'reject']],
    ['deny', 'Denied', 'Rejected', []],
    ['expire', 'Expired', 'Rejected', []],
  ])('have approvals, and %s them', async (action, status, transferStatus, actions) => {
    const { sandbox, control, items, transfer } = await withWallet({ transfers: byHand });
    sandbox.createPolicy(policy);
    const { id, approvalId } = await transfer();
    expect(await items('transfers')).toMatchObject([{ id, status: 'Pending', actions: [] }]);
    expect(await items('approvals')).toMatchObject([
      {
        id: approvalId,
        about: 'Wallets:Sign: transfer',
        subject: id,
        policies: 'two eyes',
        groups: ['1 of all users'],
        status: 'Pending',
        actions: ['approve', 'deny', 'expire'],
      },
    ]);
    expect((await control('POST', `/approvals/${approvalId}/${action}`)).status).toBe(200);
    expect(await items('approvals')).toMatchObject([{ status, actions: [] }]);
    expect(await items('transfers')).toMatchObject([{ status: transferStatus, actions }]);
    expect(await items('policies')).toMatchObject([
      { name: 'two eyes', rule: 'AlwaysTrigger', action: 'RequestApproval', status: 'Active' },
    ]);
  });

  it('have webhooks and their deliveries; the clock and a button deliver what is due', async () => {
    const target = await WebhookTarget.start();
    target.answerWith(500);
    const { sandbox, control, items } = await withWallet();
    const { body: webhook } = await control('POST', '/webhooks', { url: target.url });
    expect(await items('webhooks')).toMatchObject([{ events: ['*'], status: 'Enabled', secret: webhook.secret }]);
    sandbox.createWallet({ network: 'Base' });
    await sandbox.webhooks.settled();
    const first = { url: target.url, attempt: 1, state: 'Not delivered', answer: 'The answer was 500, and not 200' };
    expect((await items('webhook-deliveries')).at(-1)).toMatchObject({ ...first, kind: 'wallet.created' });
    await control('POST', '/clock/advance', { ms: 60_000 });
    await sandbox.webhooks.settled();
    expect((await items('webhook-deliveries')).at(-1)).toMatchObject({ attempt: 2, state: 'Not delivered' });
    target.answerWith(200);
    sandbox.clock.advance(11 * 60_000);
    await control('POST', '/webhook-deliveries');
    expect((await items('webhook-deliveries')).at(-1)).toMatchObject({ attempt: 3, state: 'Delivered', answer: '200' });
    await control('POST', `/webhooks/${webhook.id}/disable`);
    expect(await items('webhooks')).toMatchObject([{ status: 'Disabled', actions: ['enable'] }]);
    await target.stop();
  });

  it('have mails, access tokens and permissions', async () => {
    const { sandbox, call, items } = await withWallet();
    const { userId } = sandbox.createUser({ username: 'ada', kind: 'CustomerEmployee' });
    sandbox.createPersonalAccessToken({ username: 'ada', name: 'laptop' });
    const { permissionId } = sandbox.createPermission({ name: 'Readers', operations: ['Wallets:Read'] });
    sandbox.assignPermission({ permissionId, identityId: userId });
    await call('POST', '/auth/login/code', { body: { username: 'ada', orgId: sandbox.orgId } });
    const [{ code } = { code: '' }] = sandbox.outbox.list();
    expect(await items('mails')).toMatchObject([{ kind: 'login', to: 'ada', code }]);
    expect(await items('personal-access-tokens')).toMatchObject([
      { name: 'laptop', user: 'ada', state: 'Active', permissions: ['all of its user'] },
    ]);
    expect((await items('permissions')).at(-1)).toMatchObject({
      name: 'Readers',
      operations: ['Wallets:Read'],
      holders: ['ada'],
      state: 'Active',
    });
  });

  it('move on when the clock is advanced, without a request', async () => {
    const { sandbox, transfer } = await withWallet();
    const kinds: string[] = [];
    await transfer();
    sandbox.events.listen(({ kind }) => kinds.push(kind));
    sandbox.clock.advance(5_000);
    expect(kinds).toEqual(['wallet.transfer.broadcasted', 'wallet.transfer.confirmed']);
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
    sandbox.createUser({ username: 'ada', kind: 'EndUser' });
    sandbox.createUser({ username: 'eve', kind: 'CustomerEmployee' });
    sandbox.webhooks.create({ url: 'http://127.0.0.1:1/', events: ['*'] });
    sandbox.createPersonalAccessToken({ username: 'eve' });
    await call('POST', '/auth/login/code', { body: { username: 'eve', orgId: sandbox.orgId } });
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
