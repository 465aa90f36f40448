import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { type CreatedUser, DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, DfnsClient } from 'nestjs-dfns-auth';
import { Gateway } from './hostile/gateway.js';
import { FLOWS, operationOf, STEPS, UpstreamFlows } from './hostile/upstream-flows.js';
import { startWith } from './registered.js';

const LOGIN = 'POST /auth/login/delegated';

let sandbox: DfnsSandbox;
let ada: CreatedUser;
let gateway: Gateway;
let context: TestingModule;
let flows: UpstreamFlows;

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  ada = sandbox.createUser({ username: 'ada' });
  sandbox.createUser({ username: 'grace' });
});

beforeEach(async () => {
  gateway = await Gateway.open(sandbox.url);
  context = await startWith(sandbox, { baseUrl: gateway.url, http: { maxAttempts: 2 } });
  flows = new UpstreamFlows(context, ada);
});

afterEach(async () => {
  await context.close();
  await gateway.close();
});

afterAll(() => sandbox.stop());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 'ok' }),
    (error: unknown) => error,
  );

describe('connections that are refused', () => {
  const cells = FLOWS.flatMap((flow) => STEPS.map((step) => ({ flow, step })));

  it.each(cells)('from the $step of a $flow on', async ({ flow, step }) => {
    await flows.run('user-signed action'); // keeps a user token
    const seen = gateway.seen.length;
    const at = STEPS.indexOf(step);
    if (at === 0) await gateway.close();
    else gateway.closeAfter(operationOf(flow, STEPS[at - 1] as 'init'));
    expect(await failure(flows.run(flow))).toMatchObject({ code: 'DFNS_UNAVAILABLE' });
    // What was never sent may be tried again, and was refused again at its first step.
    expect(gateway.seen.slice(seen)).toEqual(STEPS.slice(0, at).map((each) => operationOf(flow, each)));
  });
});

describe('connections that were kept', () => {
  it('and have all died unnoticed cost one failed try', async () => {
    await Promise.all(Array.from({ length: 8 }, () => flows.run('login')));
    const dead = gateway.connections;
    expect(dead.length).toBeGreaterThan(2);
    let resets = 0;
    gateway.on('POST /auth/action/init', ({ status, headers, body }, response, { socket }) => {
      if (!dead.includes(socket)) return response.writeHead(status, headers).end(body);
      resets += 1;
      return socket.resetAndDestroy();
    });
    await expect(flows.run('login')).resolves.toMatchObject({ token: expect.any(String) });
    expect(resets).toBe(1);
  });
});

describe('answers that are not what HTTP makes of them', () => {
  it('a second answer behind the first reaches nobody', async () => {
    const smuggled = JSON.stringify({ token: sandbox.issueUserToken('grace') });
    gateway.on('POST /auth/action', ({ body }, { socket }) => {
      const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:';
      socket?.write(`${head} ${body.length}\r\n\r\n${body}${head} ${smuggled.length}\r\n\r\n${smuggled}`);
    });
    const auth = context.get(DelegatedAuthService);
    for (let i = 0; i < 3; i += 1) {
      const { token } = await auth.login({ username: 'ada' });
      expect(claims(token)).toMatchObject({ 'https://custom/username': 'ada' });
    }
  });

  it.each([
    ['a length that is too short', (body: string) => `content-length: ${body.length - 20}\r\n\r\n${body}`],
    ['two lengths', (body: string) => `content-length: ${body.length}\r\ncontent-length: 5\r\n\r\n${body}`],
    ['a length that is no number', (body: string) => `content-length: many\r\n\r\n${body}`],
    ['headers without end', (body: string) => `x-padding: ${'x'.repeat(100_000)}\r\n\r\n${body}`],
    ['a chunk of a wrong length', (body: string) => `transfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n0\r\n\r\n`],
  ])('%s', async (_, rest) => {
    gateway.on(LOGIN, ({ body }, { socket }) => {
      socket?.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${rest(body)}`);
    });
    const seen = gateway.seen.length;
    expect(await failure(flows.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE', operation: LOGIN });
    expect(gateway.seen.slice(seen)).toEqual(STEPS.map((step) => operationOf('login', step)));
  });

  it('another protocol', async () => {
    gateway.on(LOGIN, (_, { socket }) => socket?.write('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await failure(flows.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });
});

describe('a request that cannot be written', () => {
  it.each(['two\r\nheaders: here', 'naïve ☃'])(
    'with the user action %j is refused, and Dfns is not to blame',
    async (userAction) => {
      const userToken = sandbox.issueUserToken('ada');
      const request = { method: 'POST', path: '/wallets', body: {}, caller: { userToken }, userAction } as const;
      for (let i = 0; i < 12; i += 1) {
        expect(await failure(context.get(DfnsClient).request(request))).toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      }
      expect(gateway.seen).toEqual([]);
      await expect(flows.run('login')).resolves.toBeDefined();
    },
  );
});

describe('JSON', () => {
  const answer = (make: (body: string) => string | Buffer) =>
    gateway.on(LOGIN, ({ status, headers, body }, response) => response.writeHead(status, headers).end(make(body)));

  it('with a byte order mark is read', async () => {
    answer((body) => `\uFEFF${body}`);
    await expect(flows.run('login')).resolves.toMatchObject({ token: expect.any(String) });
  });

  it('with a member twice counts the last, which is checked', async () => {
    answer((body) => body.replace('{', `{"token":${JSON.stringify(sandbox.issueUserToken('grace'))},`));
    await expect(flows.run('login')).resolves.toMatchObject({ token: expect.any(String) });
    answer((body) => body.replace('}', `,"token":${JSON.stringify(sandbox.issueUserToken('grace'))}}`));
    expect(await failure(flows.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });

  it.each([
    [
      'bytes that are no UTF-8',
      (body: string) => Buffer.concat([Buffer.from(body.slice(0, 12)), Buffer.of(0xff, 0xfe)]),
    ],
    ['UTF-16', (body: string) => Buffer.from(`\uFEFF${body}`, 'utf16le')],
    ['100,000 arrays in each other', () => `{"token":${'['.repeat(100_000)}`],
  ])('with %s is refused', async (_, make) => {
    answer(make);
    expect(await failure(flows.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });

  it('with a token that no header can carry is refused', async () => {
    answer(() => JSON.stringify({ token: 'a\r\nx-evil: 1' }));
    expect(await failure(flows.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });
});

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());
}
