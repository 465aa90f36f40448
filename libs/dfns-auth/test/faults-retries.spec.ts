import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, type DfnsApiError, type DfnsError, type HttpOptions } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';

const INIT = 'POST /auth/action/init';
const LOGIN = [INIT, 'POST /auth/action', 'POST /auth/login/delegated'];
const ADA = { username: 'ada' };

let sandbox: DfnsSandbox;
const contexts: TestingModule[] = [];

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser(ADA);
});

afterEach(async () => {
  jest.useRealTimers();
  sandbox.faults.clear();
  for (const context of contexts.splice(0)) await context.close();
});

afterAll(() => sandbox.stop());

async function started(http: HttpOptions = {}): Promise<DelegatedAuthService> {
  const context = await startWith(sandbox, { http });
  contexts.push(context);
  return context.get(DelegatedAuthService);
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as DfnsError,
  );

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
const unavailable = (headers: Record<string, string> = {}, times = 1) =>
  ({ kind: 'status', status: 503, on: INIT, headers, times }) as const;

describe('retries', () => {
  it.each([1, 2, 5])('are bounded by maxAttempts %i', async (maxAttempts) => {
    const auth = await started({ maxAttempts });
    sandbox.faults.add(unavailable({ 'retry-after': '0' }, Infinity));
    const from = sandbox.requests.length;
    expect(await failure(auth.login(ADA))).toMatchObject({ code: 'DFNS_UNAVAILABLE', upstreamStatus: 503 });
    expect(operations(sandbox, from)).toEqual(Array(maxAttempts).fill(INIT));
  });

  it('begin again at the challenge, and send no user action twice', async () => {
    const auth = await started();
    sandbox.faults.add({ kind: 'reset', when: 'after', on: LOGIN[2] as string, times: 2 });
    const from = sandbox.requests.length;
    await expect(auth.login(ADA)).resolves.toBeDefined();
    expect(operations(sandbox, from)).toEqual([...LOGIN, ...LOGIN, ...LOGIN]);
    const actions = sandbox.requests.slice(from).flatMap(({ headers }) => headers['x-dfns-useraction'] ?? []);
    expect(new Set(actions).size).toBe(3);
  });

  it('wait as long as Dfns asks for', async () => {
    const auth = await started();
    sandbox.faults.add(unavailable({ 'retry-after': '1' }));
    const startedAt = performance.now();
    await expect(auth.login(ADA)).resolves.toBeDefined();
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it.each([
    ['seconds below zero', { 'retry-after': '-5' }, 0],
    ['a date in the past', { 'retry-after': inSeconds(-60) }, 0],
    ['seconds beyond the deadline', { 'retry-after': '3600' }, 3_600_000],
    ['more seconds than a day has', { 'retry-after': '99999999999999999999' }, 86_400_000],
    ['a date beyond the deadline', { 'retry-after': inSeconds(600) }, 600_000],
    ['a quota that is counted anew', { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 60) }, 60_000],
    [
      'words, and a quota',
      { 'retry-after': 'soon', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 60) },
      60_000,
    ],
    ['words', { 'retry-after': 'soon 5' }, undefined],
  ])('understand %s', async (_, headers: Record<string, string>, expected) => {
    const auth = await started({ maxAttempts: 2 });
    sandbox.faults.add(unavailable(headers, 2));
    const from = sandbox.requests.length;
    const { retryAfterMs } = (await failure(auth.login(ADA))) as DfnsApiError;
    if (expected === undefined) expect(retryAfterMs).toBeUndefined();
    else expect(Math.abs((retryAfterMs ?? NaN) - expected)).toBeLessThan(5_000);
    // Nobody waits for what the deadline does not allow.
    expect(sandbox.requests.length - from).toBe((expected ?? 0) > 15_000 ? 1 : 2);
  });

  it('compare moments by the clock of the answer', async () => {
    const auth = await started({ maxAttempts: 1 });
    const hoursAgo = Date.now() - 7_200_000;
    const headers = {
      date: new Date(hoursAgo).toUTCString(),
      'x-ratelimit-reset': String(Math.ceil(hoursAgo / 1_000) + 30),
    };
    sandbox.faults.add(unavailable(headers));
    const { retryAfterMs } = (await failure(auth.login(ADA))) as DfnsApiError;
    expect(retryAfterMs).toBeGreaterThan(28_000);
    expect(retryAfterMs).toBeLessThan(32_000);
  });
});

describe('the circuit', () => {
  /** Only the date is made up, which is what the breaker reads. */
  const later = (ms: number) => {
    const now = Date.now() + ms;
    const doNotFake = [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
    ] as const;
    const timers = ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const;
    jest.useFakeTimers({ now, doNotFake: [...doNotFake, ...timers] });
  };

  async function broken(): Promise<DelegatedAuthService> {
    const auth = await started({ maxAttempts: 1 });
    sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: 10 });
    for (let i = 0; i < 10; i += 1) await failure(auth.login(ADA));
    return auth;
  }

  it('opens after ten outages in a row and answers at once, with when to come back', async () => {
    const auth = await broken();
    const from = sandbox.requests.length;
    const startedAt = performance.now();
    const error = await failure(auth.login(ADA));
    expect(error).toMatchObject({ code: 'DFNS_UNAVAILABLE', retryAfterMs: 5_000 });
    expect(performance.now() - startedAt).toBeLessThan(100);
    expect(sandbox.requests).toHaveLength(from);
  });

  it('lets one call probe after a while, and closes when it works', async () => {
    const auth = await broken();
    later(5_001);
    const from = sandbox.requests.length;
    const logins = await Promise.all(Array.from({ length: 5 }, () => auth.login(ADA)));
    expect(logins).toHaveLength(5);
    expect(operations(sandbox, from).slice(0, 3)).toEqual(LOGIN);
  });

  it('opens again when the probe fails, with one request', async () => {
    const auth = await broken();
    sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: Infinity });
    later(5_001);
    const from = sandbox.requests.length;
    const errors = await Promise.all(Array.from({ length: 5 }, () => failure(auth.login(ADA))));
    expect(errors.map((error) => error?.code)).toEqual(Array(5).fill('DFNS_UNAVAILABLE'));
    expect(operations(sandbox, from)).toEqual([INIT]);
  });

  it('hands the right to probe on when the caller of the probe gives up', async () => {
    const auth = await broken();
    sandbox.faults.add({ kind: 'hang', on: INIT });
    later(5_001);
    expect(await failure(auth.login(ADA, { deadlineMs: 50 }))).toMatchObject({ code: 'DFNS_TIMEOUT' });
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('counts outages in a row: a refusal proves that Dfns is up', async () => {
    const auth = await started({ maxAttempts: 1 });
    for (let i = 0; i < 3; i += 1) {
      sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: 9 });
      for (let j = 0; j < 9; j += 1) await failure(auth.login(ADA));
      expect(await failure(auth.login({ username: 'nobody' }))).toMatchObject({ code: 'DFNS_USER_NOT_FOUND' });
    }
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('is not opened by callers who give up', async () => {
    const auth = await started();
    sandbox.faults.add({ kind: 'hang', on: INIT, times: 12 });
    const abandoned = Array.from({ length: 12 }, () => failure(auth.login(ADA, { deadlineMs: 40 })));
    for (const error of await Promise.all(abandoned)) expect(error).toMatchObject({ code: 'DFNS_TIMEOUT' });
    sandbox.faults.clear();
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('belongs to one registration', async () => {
    await broken();
    const other = await started();
    await expect(other.login(ADA)).resolves.toBeDefined();
  });
});
