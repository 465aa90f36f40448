import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { type CreatedUser } from 'dfns-sandbox';
import { DelegatedAuthService, DfnsClient, type DfnsStepEvent } from 'nestjs-dfns-auth';
import { AlteringGateway } from './support/altering-gateway.js';
import { failureOf } from './support/failure-of.js';
import { usernameOf } from './support/token-claims.js';
import { CALLS, operationOf, STEPS, UpstreamCalls } from './support/upstream-calls.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = 'POST /auth/login/delegated';

const world = useSandbox({ users: ['grace'] });
let ada: CreatedUser;
let gateway: AlteringGateway;
let context: TestingModule;
let calls: UpstreamCalls;

beforeAll(() => {
  ada = world.sandbox.createUser({ username: 'ada' });
});

beforeEach(async () => {
  gateway = await AlteringGateway.open(world.sandbox.url);
  context = await world.startInstance({ baseUrl: gateway.url, http: { maxAttempts: 2 } });
  calls = new UpstreamCalls(context, ada);
});

afterEach(() => gateway.close());

describe('connections that are refused', () => {
  const cells = CALLS.flatMap((call) => STEPS.map((step) => ({ call, step })));

  it.each(cells)('from the $step of a $call on', async ({ call, step }) => {
    await calls.run('user-signed action'); // keeps a user token
    const seen = gateway.seen.length;
    const at = STEPS.indexOf(step);
    if (at === 0) await gateway.close();
    else gateway.closeAfter(operationOf(call, STEPS[at - 1] as 'init'));
    expect(await failureOf(calls.run(call))).toMatchObject({ code: 'DFNS_UNAVAILABLE' });
    // The library may send an unsent request again. The second attempt is refused at its first step.
    expect(gateway.seen.slice(seen)).toEqual(STEPS.slice(0, at).map((each) => operationOf(call, each)));
  });
});

describe('a user action that was not sent, because the connection was refused', () => {
  it.each(CALLS)('is sent by the next attempt, without another challenge: %s', async (call) => {
    const patient = await world.startInstance({ baseUrl: gateway.url, http: { maxAttempts: 20 } });
    const patientCalls = new UpstreamCalls(patient, ada);
    await patientCalls.run('user-signed action'); // keeps a user token
    const seen = gateway.seen.length;
    gateway.closeAfter(operationOf(call, 'exchange'));
    const reopen = (event: unknown) => {
      const { step, outcome } = event as DfnsStepEvent;
      if (step === 'call' && outcome !== 'ok' && !gateway.isListening) void gateway.reopen();
    };
    subscribe('nestjs-dfns-auth:step', reopen);
    try {
      await expect(patientCalls.run(call)).resolves.toBeDefined();
    } finally {
      unsubscribe('nestjs-dfns-auth:step', reopen);
    }
    expect(gateway.seen.slice(seen)).toEqual(STEPS.map((step) => operationOf(call, step)));
  });
});

describe('connections that the library kept', () => {
  it('are not used shortly before the moment at which the server closes them', async () => {
    const limitMs = 2_000;
    const lanes = 100;
    await gateway.close();
    gateway = await AlteringGateway.open(world.sandbox.url, limitMs);
    const answeredAt = new WeakMap<Socket, number>();
    // A request that meets the end of its connection gets a reset. Here, the end is anywhere in the last half second.
    gateway.on('GET /auth/users', ({ status, headers, body }, response, { socket }) => {
      const idleMs = performance.now() - (answeredAt.get(socket) ?? performance.now());
      if (idleMs > limitMs - 500) return socket.resetAndDestroy();
      answeredAt.set(socket, performance.now());
      return response.writeHead(status, headers).end(body);
    });
    const http = { maxAttempts: 1, maxSockets: 2 * lanes, attemptTimeoutMs: 15_000 };
    const dfns = (await world.startInstance({ baseUrl: gateway.url, http })).get(DfnsClient);
    const read = () => dfns.request({ method: 'GET', path: '/auth/users', caller: 'serviceAccount' });
    await Promise.all(Array.from({ length: lanes }, read));
    const idleSince = performance.now();
    const outcomes: unknown[] = [];
    for (let lane = 0; lane < lanes; lane += 1) {
      await waitUntil(() => performance.now() - idleSince >= limitMs - 100 + lane);
      outcomes.push(failureOf(read()), failureOf(read()));
    }
    expect((await Promise.all(outcomes)).filter((outcome) => outcome !== undefined)).toEqual([]);
  });

  it('and that all broke unnoticed cost one failed attempt', async () => {
    await Promise.all(Array.from({ length: 8 }, () => calls.run('login')));
    const dead = gateway.connections;
    expect(dead.length).toBeGreaterThan(2);
    let resets = 0;
    gateway.on('POST /auth/action/init', ({ status, headers, body }, response, { socket }) => {
      if (!dead.includes(socket)) return response.writeHead(status, headers).end(body);
      resets += 1;
      return socket.resetAndDestroy();
    });
    await expect(calls.run('login')).resolves.toMatchObject({ token: expect.any(String) });
    expect(resets).toBe(1);
  });
});

describe('answers that break the rules of HTTP', () => {
  it('a second answer after the first one reaches no caller', async () => {
    const smuggled = JSON.stringify({ token: world.sandbox.issueUserToken('grace') });
    gateway.on('POST /auth/action', ({ body }, { socket }) => {
      const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:';
      socket?.write(`${head} ${body.length}\r\n\r\n${body}${head} ${smuggled.length}\r\n\r\n${smuggled}`);
    });
    const auth = context.get(DelegatedAuthService);
    for (let i = 0; i < 3; i += 1) {
      const { token } = await auth.login({ username: 'ada' });
      expect(usernameOf(token)).toBe('ada');
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
    expect(await failureOf(calls.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE', operation: LOGIN });
    expect(gateway.seen.slice(seen)).toEqual(STEPS.map((step) => operationOf('login', step)));
  });

  it('another protocol', async () => {
    gateway.on(LOGIN, (_, { socket }) => socket?.write('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await failureOf(calls.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });
});

describe('a request that cannot be written', () => {
  it.each(['two\r\nheaders: here', 'naïve ☃'])(
    'because of the user action %j is refused, and does not count as an outage of Dfns',
    async (userAction) => {
      const userToken = world.sandbox.issueUserToken('ada');
      const request = { method: 'POST', path: '/wallets', body: {}, caller: { userToken }, userAction } as const;
      for (let i = 0; i < 12; i += 1) {
        expect(await failureOf(context.get(DfnsClient).request(request))).toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      }
      expect(gateway.seen).toEqual([]);
      await expect(calls.run('login')).resolves.toBeDefined();
    },
  );
});

describe('JSON', () => {
  const answer = (make: (body: string) => string | Buffer) =>
    gateway.on(LOGIN, ({ status, headers, body }, response) => response.writeHead(status, headers).end(make(body)));

  it('with a byte order mark is read', async () => {
    answer((body) => `\uFEFF${body}`);
    await expect(calls.run('login')).resolves.toMatchObject({ token: expect.any(String) });
  });

  it('with a member twice means the last one, and the library checks it', async () => {
    answer((body) => body.replace('{', `{"token":${JSON.stringify(world.sandbox.issueUserToken('grace'))},`));
    await expect(calls.run('login')).resolves.toMatchObject({ token: expect.any(String) });
    answer((body) => body.replace('}', `,"token":${JSON.stringify(world.sandbox.issueUserToken('grace'))}}`));
    expect(await failureOf(calls.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
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
    expect(await failureOf(calls.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });

  it('with a token that no header can carry is refused', async () => {
    answer(() => JSON.stringify({ token: 'a\r\nx-evil: 1' }));
    expect(await failureOf(calls.run('login'))).toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
  });
});
