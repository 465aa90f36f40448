import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DelegatedAuthService, type DfnsApiError, type HttpOptions } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const INIT = 'POST /auth/action/init';
const LOGIN = [INIT, 'POST /auth/action', 'POST /auth/login/delegated'];
const ADA = { username: 'ada' };

const world = useSandbox({ users: [ADA.username] });

afterEach(() => {
  jest.useRealTimers();
});

const started = (http: HttpOptions = {}) => world.startService({ http });

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
const unavailable = (headers: Record<string, string> = {}, times = 1) =>
  ({ kind: 'status', status: 503, on: INIT, headers, times }) as const;

describe('retries', () => {
  it.each([1, 2, 5])('are bounded by maxAttempts %i', async (maxAttempts) => {
    const auth = await started({ maxAttempts });
    world.sandbox.faults.add(unavailable({ 'retry-after': '0' }, Infinity));
    const from = world.sandbox.requests.length;
    expect(await failureOf(auth.login(ADA))).toMatchObject({ code: 'DFNS_UNAVAILABLE', upstreamStatus: 503 });
    expect(world.operations(from)).toEqual(Array(maxAttempts).fill(INIT));
  });

  it('begin again with a new challenge, and send no user action twice', async () => {
    const auth = await started();
    world.sandbox.faults.add({ kind: 'reset', when: 'after', on: LOGIN[2] as string, times: 2 });
    const from = world.sandbox.requests.length;
    await expect(auth.login(ADA)).resolves.toBeDefined();
    expect(world.operations(from)).toEqual([...LOGIN, ...LOGIN, ...LOGIN]);
    const actions = world.sandbox.requests.slice(from).flatMap(({ headers }) => headers['x-dfns-useraction'] ?? []);
    expect(new Set(actions).size).toBe(3);
  });

  it('wait as long as Dfns asks', async () => {
    const auth = await started();
    world.sandbox.faults.add(unavailable({ 'retry-after': '1' }));
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
    ['the reset of a quota', { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 60) }, 60_000],
    [
      'words, and the reset of a quota',
      { 'retry-after': 'soon', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 60) },
      60_000,
    ],
    ['words', { 'retry-after': 'soon 5' }, undefined],
  ])('read %s', async (_, headers: Record<string, string>, expected) => {
    const auth = await started({ maxAttempts: 2 });
    world.sandbox.faults.add(unavailable(headers, 2));
    const from = world.sandbox.requests.length;
    const { retryAfterMs } = (await failureOf(auth.login(ADA))) as DfnsApiError;
    if (expected === undefined) expect(retryAfterMs).toBeUndefined();
    else expect(Math.abs((retryAfterMs ?? NaN) - expected)).toBeLessThan(5_000);
    // The library does not wait longer than the deadline allows.
    expect(world.sandbox.requests.length - from).toBe((expected ?? 0) > 15_000 ? 1 : 2);
  });

  it('compare times with the clock of the answer', async () => {
    const auth = await started({ maxAttempts: 1 });
    const hoursAgo = Date.now() - 7_200_000;
    const headers = {
      date: new Date(hoursAgo).toUTCString(),
      'x-ratelimit-reset': String(Math.ceil(hoursAgo / 1_000) + 30),
    };
    world.sandbox.faults.add(unavailable(headers));
    const { retryAfterMs } = (await failureOf(auth.login(ADA))) as DfnsApiError;
    expect(retryAfterMs).toBeGreaterThan(28_000);
    expect(retryAfterMs).toBeLessThan(32_000);
  });
});

describe('the circuit', () => {
  /** Changes the date only. The circuit breaker reads it. */
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

  async function withOpenCircuit(): Promise<DelegatedAuthService> {
    const auth = await started({ maxAttempts: 1 });
    world.sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: 10 });
    for (let i = 0; i < 10; i += 1) await failureOf(auth.login(ADA));
    return auth;
  }

  it('opens after ten outages in a row, and then fails immediately with the time of the next attempt', async () => {
    const auth = await withOpenCircuit();
    const from = world.sandbox.requests.length;
    const startedAt = performance.now();
    const error = await failureOf(auth.login(ADA));
    expect(error).toMatchObject({ code: 'DFNS_UNAVAILABLE', retryAfterMs: 5_000 });
    expect(performance.now() - startedAt).toBeLessThan(100);
    expect(world.sandbox.requests).toHaveLength(from);
  });

  it('sends one call as a probe after five seconds, and closes when it succeeds', async () => {
    const auth = await withOpenCircuit();
    later(5_001);
    const from = world.sandbox.requests.length;
    const logins = await Promise.all(Array.from({ length: 5 }, () => auth.login(ADA)));
    expect(logins).toHaveLength(5);
    expect(world.operations(from).slice(0, 3)).toEqual(LOGIN);
  });

  it('opens again after one request when the probe fails', async () => {
    const auth = await withOpenCircuit();
    world.sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: Infinity });
    later(5_001);
    const from = world.sandbox.requests.length;
    const errors = await Promise.all(Array.from({ length: 5 }, () => failureOf(auth.login(ADA))));
    expect(errors.map((error) => error?.code)).toEqual(Array(5).fill('DFNS_UNAVAILABLE'));
    expect(world.operations(from)).toEqual([INIT]);
  });

  it('hands the right to probe on when the caller of the probe gives up', async () => {
    const auth = await withOpenCircuit();
    world.sandbox.faults.add({ kind: 'hang', on: INIT });
    later(5_001);
    expect(await failureOf(auth.login(ADA, { deadlineMs: 50 }))).toMatchObject({ code: 'DFNS_TIMEOUT' });
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('counts only outages in a row; a refusal shows that Dfns is up', async () => {
    const auth = await started({ maxAttempts: 1 });
    for (let i = 0; i < 3; i += 1) {
      world.sandbox.faults.add({ kind: 'status', status: 503, on: INIT, times: 9 });
      for (let j = 0; j < 9; j += 1) await failureOf(auth.login(ADA));
      expect(await failureOf(auth.login({ username: 'nobody' }))).toMatchObject({ code: 'DFNS_USER_NOT_FOUND' });
    }
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('does not open because of callers who end their calls', async () => {
    const auth = await started();
    world.sandbox.faults.add({ kind: 'hang', on: INIT, times: 12 });
    const abandoned = Array.from({ length: 12 }, () => failureOf(auth.login(ADA, { deadlineMs: 40 })));
    for (const error of await Promise.all(abandoned)) expect(error).toMatchObject({ code: 'DFNS_TIMEOUT' });
    world.sandbox.faults.clear();
    await expect(auth.login(ADA)).resolves.toBeDefined();
  });

  it('belongs to one instance', async () => {
    await withOpenCircuit();
    const other = await started();
    await expect(other.login(ADA)).resolves.toBeDefined();
  });
});
