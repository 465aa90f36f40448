import { beforeEach, describe, expect, it } from '@jest/globals';
import { DelegatedAuthService, type DfnsError } from 'nestjs-dfns-auth';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const INIT = 'POST /auth/action/init';

let now: number;

beforeEach(() => {
  now = Date.now();
});

const login = (service: DelegatedAuthService, options = {}) => service.login({ username: 'ada' }, options);
const many = <T>(count: number, call: () => Promise<T>) => Promise.allSettled(Array.from({ length: count }, call));
const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'rejected' ? result.reason.code : 'ok'));

describe('after one 429', () => {
  const world = useSandboxForEachTest({ now: () => now, users: ['ada'] });

  it('no call sends a request before the time that Dfns named, and then all calls succeed', async () => {
    const service = await world.startService({ http: { maxSockets: 4 } });
    await login(service);
    const before = world.sandbox.requests.length;
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '0.5' } });
    const startedAt = performance.now();
    const calls = many(50, () => login(service));
    await waitUntil(() => performance.now() - startedAt > 450);
    expect(world.sandbox.requests.length - before).toBeLessThanOrEqual(4 + 3);
    expect(new Set(codes(await calls))).toEqual(new Set(['ok']));
    expect(world.sandbox.requests.length - before).toBeLessThanOrEqual(50 * 3 + 1);
  });

  it('that asks for more time than a call has, calls fail immediately without a request, and name the time of the next attempt', async () => {
    const service = await world.startService();
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    await expect(login(service)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 60_000 });
    const startedAt = performance.now();
    const results = await many(100, () => login(service));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(new Set(codes(results))).toEqual(new Set(['DFNS_RATE_LIMITED']));
    const [first] = results;
    expect((first as PromiseRejectedResult).reason.retryAfterMs).toBeGreaterThan(55_000);
    expect(world.sandbox.requests).toHaveLength(1);
    now += 60_000;
    await login(service);
  });

  it('the calls in the line that cannot wait so long fail immediately', async () => {
    const service = await world.startService({ http: { maxSockets: 1 } });
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    const startedAt = performance.now();
    expect(new Set(codes(await many(20, () => login(service))))).toEqual(new Set(['DFNS_RATE_LIMITED']));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('without a time, there is still a pause', async () => {
    const service = await world.startService();
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 429 });
    await Promise.allSettled([login(service, { deadlineMs: 500 })]);
    await expect(login(service, { deadlineMs: 500 })).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('another instance continues', async () => {
    const [paused, other] = [await world.startService(), await world.startService()];
    world.sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    await Promise.allSettled([login(paused)]);
    await login(other);
    await expect(login(paused)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });
});

describe('the quota that Dfns sends', () => {
  const world = useSandboxForEachTest({ rateLimitPerMinute: 30, now: () => now, users: ['ada'] });

  it('is used up to its last request and not beyond, for calls that can finish', async () => {
    const service = await world.startService();
    await login(service);
    const results = await many(100, () => login(service));
    expect(world.sandbox.requests).toHaveLength(30);
    expect(codes(results).filter((code) => code === 'ok')).toHaveLength(9);
    expect(codes(results).filter((code) => code === 'DFNS_RATE_LIMITED')).toHaveLength(91);
    now += 60_000;
    await login(service);
  });

  it('begins again in the next window', async () => {
    const service = await world.startService();
    for (let window = 1; window <= 3; window += 1) {
      for (let i = 0; i < 10; i += 1) await login(service);
      await expect(login(service)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
      expect(world.sandbox.requests).toHaveLength(30 * window);
      now += 60_000;
    }
  });
});

describe('the line of waiting calls', () => {
  const world = useSandboxForEachTest({ now: () => now, users: ['ada'] });

  it('is not the line of the HTTP agent: the wait does not use the time of an attempt', async () => {
    const service = await world.startService({ http: { maxSockets: 1, attemptTimeoutMs: 1_500, maxAttempts: 1 } });
    world.sandbox.faults.add({ on: INIT, kind: 'slow', bytesPerSecond: 2_000, times: Number.POSITIVE_INFINITY });
    const startedAt = performance.now();
    expect(new Set(codes(await many(10, () => login(service))))).toEqual(new Set(['ok']));
    expect(performance.now() - startedAt).toBeGreaterThan(1_500);
    expect(world.sandbox.connections).toBe(1);
  });

  it('loses the calls that end, and keeps no place for them', async () => {
    const service = await world.startService({ http: { maxSockets: 1 } });
    world.sandbox.faults.add({ on: INIT, kind: 'hang' });
    const first = new AbortController();
    const holder = login(service, { signal: first.signal });
    await waitUntil(() => world.sandbox.requests.length === 1);
    const controller = new AbortController();
    const abandoned = login(service, { signal: controller.signal });
    await expect(login(service, { deadlineMs: 20 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    controller.abort();
    await expect(abandoned).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.sandbox.requests).toHaveLength(1);
    first.abort();
    await expect(holder).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    for (let i = 0; i < 3; i += 1) await login(service, { deadlineMs: 5_000 });
  });

  it('sends calls that have begun before new calls', async () => {
    const service = await world.startService({ http: { maxSockets: 1 } });
    await many(20, () => login(service));
    expect(world.operations().indexOf('POST /auth/login/delegated')).toBeLessThan(10);
  });

  it('has a limit, and more calls are refused immediately', async () => {
    const context = await world.startInstance();
    const service = context.get(DelegatedAuthService);
    world.sandbox.faults.add({ on: INIT, kind: 'hang', times: Number.POSITIVE_INFINITY });
    const results: Promise<unknown>[] = [];
    const waiting = Array.from({ length: 10_064 }, () => login(service).catch((error) => error));
    for (let i = 0; i < 10; i += 1) results.push(login(service).catch((error) => error));
    for (const error of await Promise.all(results)) {
      expect(error).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 15_000 });
    }
    expect(world.sandbox.requests.length).toBeLessThanOrEqual(64);
    await context.close();
    expect(new Set((await Promise.all(waiting)).map((error) => (error as DfnsError).code))).toEqual(
      new Set(['DFNS_ABORTED']),
    );
  });
});
