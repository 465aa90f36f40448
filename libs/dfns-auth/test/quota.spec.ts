import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { type CallOptions, type DfnsAuthModuleOptions, DfnsClient, DfnsHealthIndicator } from 'nestjs-dfns-auth';
import { type AlterAnswer, AlteringGateway } from './support/altering-gateway.js';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const USERS = 'GET /auth/users';
const EVER = Number.POSITIVE_INFINITY;

let now = Date.now();
const world = useSandbox({ now: () => now, users: ['ada', 'bob'] });
let gateway: AlteringGateway;
let context: TestingModule;

beforeEach(async () => {
  // The gateway answers with the real time.
  now = Date.now();
  gateway = await AlteringGateway.open(world.sandbox.url);
});

afterEach(() => gateway.close());

async function started(http: DfnsAuthModuleOptions['http'] = {}): Promise<void> {
  context = await world.startInstance({ baseUrl: gateway.url, http: { maxAttempts: 1, ...http } });
}

const get = (path: string, options?: CallOptions, caller: 'serviceAccount' | { username: string } = 'serviceAccount') =>
  context.get(DfnsClient).request({ method: 'GET', path, caller }, options);
const read = (options?: CallOptions) => get('/auth/users', options);
const received = () => gateway.seen.length;
const health = async () => (await context.get(DfnsHealthIndicator).check()).dfns;

/** Answers with these headers, the answers before the last with theirs; afterwards without any. */
function told(...headers: Record<string, string | number>[]): void {
  gateway.on(USERS, (genuine, response) => {
    response.writeHead(genuine.status, { ...genuine.headers, ...headers.shift() }).end(genuine.body);
  });
}

/** `X-RateLimit-Remaining`, and a reset in so many milliseconds. */
const quota = (remaining: number, resetInMs: number) => ({
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': Math.ceil((now + resetInMs) / 1_000),
});

/** Holds the answers to `operations` until `letGo`. */
function held(...operations: string[]): { count: () => number; letGo: () => void } {
  const waiting: (() => void)[] = [];
  const hold: AlterAnswer = ({ status, headers, body }, response) => {
    waiting.push(() => response.writeHead(status, headers).end(body));
  };
  for (const operation of operations) gateway.on(operation, hold);
  return {
    count: () => waiting.length,
    letGo: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

const at = (count: number, call: () => Promise<unknown>) => Array.from({ length: count }, () => failureOf(call()));
const codes = async (calls: Promise<unknown>[]) =>
  new Set((await Promise.all(calls)).map((error) => (error as { code?: string } | undefined)?.code ?? 'ok'));

describe('a refusal that asks for a day', () => {
  const refused = { on: USERS, kind: 'status', status: 429, headers: { 'Retry-After': '86400' } } as const;

  it('stops calls for a minute; then one request asks, and the others wait for its answer', async () => {
    await started({ deadlineMs: 50_000 });
    world.sandbox.faults.add({ ...refused, times: 2 });
    expect(await failureOf(read())).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 86_400_000 });
    for (const round of [1, 2]) {
      expect(received()).toBe(round);
      expect(await health()).toMatchObject({ status: 'degraded', problem: expect.stringMatching(/quota|limit/i) });
      const failed = await failureOf(read());
      expect(failed).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
      expect(failed?.retryAfterMs).toBeLessThanOrEqual(60_000);
      expect(failed?.retryAfterMs).toBeGreaterThan(59_000);
      now += 59_999;
      expect(await failureOf(read({ deadlineMs: 1 }))).toBeDefined();
      expect(received()).toBe(round);
      now += 1;
      if (round === 1) expect(await codes(at(10, read))).toEqual(new Set(['DFNS_RATE_LIMITED']));
    }
    const { count, letGo } = held(USERS);
    const calls = at(10, read);
    await waitUntil(() => count() === 1);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(received()).toBe(3);
    letGo();
    await waitUntil(() => count() === 9);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
    expect(await health()).toMatchObject({ status: 'up' });
  });

  it('lets those wait who have the time', async () => {
    await started({ maxAttempts: 2 });
    world.sandbox.faults.add({ ...refused, headers: { 'Retry-After': '0.2' } });
    const startedAt = performance.now();
    expect(await codes(at(5, read))).toEqual(new Set(['ok']));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });
});

describe('what Dfns tells of the quota', () => {
  it('holds until the reset that it named, and no longer', async () => {
    await started({ deadlineMs: 1_000 });
    told(quota(0, 30_000));
    await read();
    expect(await failureOf(read())).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    expect(received()).toBe(1);
    now += 31_000;
    const { count, letGo } = held(USERS);
    const calls = at(8, () => read({ deadlineMs: 10_000 }));
    await waitUntil(() => count() === 8);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  it('lets no more requests pass at once than are left', async () => {
    await started();
    told(quota(3, 30_000));
    await read();
    const { count, letGo } = held(USERS);
    const calls = at(8, () => read({ deadlineMs: 120_000 }));
    await waitUntil(() => count() === 3);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(received()).toBe(4);
    letGo();
    await waitUntil(() => count() === 3);
    letGo();
    await waitUntil(() => count() === 2);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  it('refuses at once what must wait longer than it may for the reset', async () => {
    await started();
    told(quota(3, 30_000));
    await read();
    const { count, letGo } = held(USERS);
    const calls = at(8, () => read({ deadlineMs: 5_000 }));
    const refused = await Promise.race(calls);
    expect(refused).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    expect(refused?.retryAfterMs).toBeGreaterThan(28_000);
    await waitUntil(() => count() === 3);
    letGo();
    const ended = (await Promise.all(calls)).map((error) => error?.code ?? 'ok');
    expect(ended.filter((end) => end === 'ok')).toHaveLength(3);
    expect(ended.filter((end) => end === 'DFNS_RATE_LIMITED')).toHaveLength(5);
  });

  it('is counted down by answers of the same window, whatever their order', async () => {
    await started({ deadlineMs: 1_000 });
    told(quota(0, 30_000), {});
    const { count, letGo } = held(USERS);
    const both = at(2, read);
    await waitUntil(() => count() === 2);
    const headers = [quota(0, 30_000), quota(50, 30_000)];
    letGo();
    await Promise.all(both);
    told(...headers);
    expect(await codes(at(2, read))).toEqual(new Set(['ok']));
    expect(await failureOf(read())).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });

  it('is not replaced by a late answer of an earlier window', async () => {
    await started({ deadlineMs: 1_000 });
    told(quota(0, 40_000), quota(50, 10_000));
    expect(await codes(at(2, read))).toEqual(new Set(['ok']));
    expect(await failureOf(read())).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });

  it('is replaced by an answer of a later window', async () => {
    await started({ deadlineMs: 1_000 });
    told(quota(1, 10_000), quota(50, 40_000));
    await read();
    await read();
    const { count, letGo } = held(USERS);
    const calls = at(8, read);
    await waitUntil(() => count() === 8);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  const absurd: [string, () => Record<string, string | number>][] = [
    ['a reset in milliseconds', () => ({ ...quota(0, 0), 'x-ratelimit-reset': now + 30_000 })],
    ['a reset in two minutes', () => quota(0, 120_000)],
    ['a reset an hour ago', () => quota(0, -3_600_000)],
    ['no reset', () => ({ 'x-ratelimit-remaining': 0 })],
    ['a reset that is no number', () => ({ ...quota(0, 0), 'x-ratelimit-reset': 'soon' })],
    ['a negative rest', () => quota(-1, 30_000)],
    ['a rest that is no number', () => ({ ...quota(0, 30_000), 'x-ratelimit-remaining': 'few' })],
    ['a rest with a fraction', () => ({ ...quota(0, 30_000), 'x-ratelimit-remaining': '0.5' })],
  ];

  it.each(absurd)('means nothing with %s', async (_, headers) => {
    await started({ deadlineMs: 1_000 });
    told(headers());
    await read();
    const { count, letGo } = held(USERS);
    const calls = at(8, () => read({ deadlineMs: 10_000 }));
    await waitUntil(() => count() === 8);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  it('is compared with the clock of Dfns, where the answer tells it', async () => {
    await started({ deadlineMs: 1_000 });
    const theirs = now + 7_200_000;
    const reset = Math.ceil((theirs + 30_000) / 1_000);
    told({ 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': reset, date: new Date(theirs).toUTCString() });
    await read();
    expect(await failureOf(read())).toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });
});

describe('a quota that others use, too', () => {
  /** Reads one after the other, while Dfns counts `each` requests for each of them, down to `remaining`. */
  async function shared(each: number, remaining: number, limit: number): Promise<void> {
    await started({ deadlineMs: 1_000 });
    const answers = Array.from({ length: 12 }, (_, i) => quota(remaining + each * (11 - i), 30_000));
    told(...answers.map((headers) => ({ ...headers, 'x-ratelimit-limit': limit })));
    for (const _ of answers) await read();
  }

  it('is shared with them in the proportion in which Dfns counted', async () => {
    await shared(4, 40, 1_000);
    const { count, letGo } = held(USERS);
    const calls = at(25, () => read({ deadlineMs: 120_000 }));
    // Ten are ours. As many as we begin, each of the three others has perhaps begun since Dfns counted.
    for (const together of [6, 6, 6, 6, 1]) {
      await waitUntil(() => count() === together);
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      expect(count()).toBe(together);
      // The answers tell no quota, so it is as if nobody had used it meanwhile.
      letGo();
    }
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  it.each([
    ['slowly, if others use it', { each: 4, left: 40 }, 2],
    ['slowly, if the last one was used up', { each: 1, left: 0 }, 2],
    ['at once, if nobody else uses it and much of the last one was left', { each: 1, left: 40 }, 25],
  ])('is begun in the next window %s', async (_, { each, left }, together) => {
    await shared(each, left, 80);
    now += 31_000;
    const { count, letGo } = held(USERS);
    const calls = at(25, () => read({ deadlineMs: 120_000 }));
    await waitUntil(() => count() === together);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(count()).toBe(together);
    letGo();
    // The answers tell no quota any more.
    await waitUntil(() => count() === 25 - together);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });

  it('never keeps an instance out for good, however small its share is', async () => {
    await shared(40, 60, 60);
    // A fortieth of the 60 is ours, in this window and in the next one; a login needs three requests.
    const login = () => get('/wallets', { deadlineMs: 1_000 }, { username: 'ada' });
    await expect(login()).resolves.toBeDefined();
    now += 31_000;
    await expect(get('/wallets', { deadlineMs: 1_000 }, { username: 'bob' })).resolves.toBeDefined();
  });

  it('is all ours when nobody else uses it', async () => {
    await shared(1, 12, 100);
    const { count, letGo } = held(USERS);
    const calls = at(12, () => read({ deadlineMs: 120_000 }));
    await waitUntil(() => count() === 12);
    letGo();
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });
});

describe('the turns of those who wait', () => {
  const paths = { users: '/auth/users', wallets: '/wallets', keys: '/keys' } as const;

  /** The order in which the requests arrive, one at a time. */
  async function order(begin: () => void, count: number): Promise<string[]> {
    await started({ maxSockets: 1, deadlineMs: 10_000 });
    for (const username of ['ada', 'bob']) await get(paths.wallets, {}, { username });
    const from = received();
    const { count: isHeld, letGo } = held(...Object.values(paths).map((path) => `GET ${path}`));
    begin();
    for (let sent = 0; sent < count; sent += 1) {
      await waitUntil(() => isHeld() === 1);
      letGo();
    }
    return gateway.seen.slice(from);
  }

  it('go round by kind of call', async () => {
    const arrived = await order(() => {
      for (let i = 0; i < 4; i += 1) void read().catch(() => {});
      for (let i = 0; i < 2; i += 1) void get(paths.wallets).catch(() => {});
      void get(paths.keys).catch(() => {});
    }, 7);
    const [users, wallets, keys] = [USERS, 'GET /wallets', 'GET /keys'];
    expect(arrived).toEqual([users, users, wallets, keys, users, wallets, users]);
  });

  it('go round by user', async () => {
    const ended: string[] = [];
    const readAs = (username: string) =>
      get(paths.wallets, {}, { username }).then(
        () => ended.push(username),
        () => {},
      );
    await order(() => {
      for (let i = 0; i < 4; i += 1) void readAs('ada');
      for (let i = 0; i < 2; i += 1) void readAs('bob');
    }, 6);
    await waitUntil(() => ended.length === 6);
    expect(ended).toEqual(['ada', 'ada', 'bob', 'ada', 'bob', 'ada']);
  });
});

describe('a place', () => {
  it('is free again after the call of its holder or of a waiting caller ended, at whatever moment', async () => {
    await started({ maxSockets: 2 });
    const delay = fc.integer({ min: 0, max: 12 });
    const schedule = fc.array(fc.record({ turns: delay, isAborted: fc.boolean() }), { minLength: 3, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(schedule, async (plans) => {
        const controllers = plans.map(() => new AbortController());
        const calls = controllers.map(({ signal }) => failureOf(read({ signal, deadlineMs: 10_000 })));
        let ended = 0;
        // Aborts calls in the microtasks after another one has ended: just when a place goes to the next one.
        const onStep = async () => {
          const plan = plans[ended];
          ended += 1;
          if (!plan?.isAborted) return;
          for (let turn = 0; turn < plan.turns; turn += 1) await Promise.resolve();
          controllers[ended % controllers.length]?.abort();
        };
        subscribe('nestjs-dfns-auth:step', onStep);
        await Promise.all(calls);
        unsubscribe('nestjs-dfns-auth:step', onStep);
        const { count, letGo } = held('GET /wallets');
        const both = at(2, () => get('/wallets', { deadlineMs: 10_000 }));
        await waitUntil(() => count() === 2);
        letGo();
        expect(await codes(both)).toEqual(new Set(['ok']));
      }),
      { numRuns: 25 },
    );
  });

  it('is not given to more calls than there are connections', async () => {
    await started({ maxSockets: 3 });
    const { count, letGo } = held(USERS);
    const calls = at(9, read);
    for (let round = 0; round < 3; round += 1) {
      await waitUntil(() => count() === 3);
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      expect(count()).toBe(3);
      letGo();
    }
    expect(await codes(calls)).toEqual(new Set(['ok']));
  });
});

describe('a quota that only begun calls can use', () => {
  it('does not begin a write that it cannot end', async () => {
    await started({ deadlineMs: 1_000 });
    told(quota(2, 30_000));
    await read();
    const from = received();
    const write = { method: 'POST', path: '/wallets', body: { network: 'Solana' }, caller: 'serviceAccount' } as const;
    world.sandbox.faults.add({ on: '*', kind: 'hang', times: EVER });
    const reads = at(1, () => read({ deadlineMs: 300 }));
    await waitUntil(() => received() === from + 1);
    const failed = failureOf(context.get(DfnsClient).request(write, { deadlineMs: 100 }));
    expect(await failed).toMatchObject({ code: 'DFNS_RATE_LIMITED', mayHaveHappened: false });
    expect(received()).toBe(from + 1);
    await Promise.all(reads);
    world.sandbox.faults.clear();
  });
});
