import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, type DfnsAuthModuleOptions } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';
import { until } from './until.js';

const INIT = 'POST /auth/action/init';

let now: number;
let sandbox: DfnsSandbox;
let contexts: TestingModule[];

async function begin(rateLimitPerMinute?: number) {
  sandbox = await DfnsSandbox.start({ rateLimitPerMinute, now: () => now });
  sandbox.createUser({ username: 'ada' });
}

async function register(options: Partial<DfnsAuthModuleOptions> = {}): Promise<DelegatedAuthService> {
  const context = await startWith(sandbox, options, () => now);
  contexts.push(context);
  return context.get(DelegatedAuthService);
}

beforeEach(() => {
  now = Date.now();
  contexts = [];
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  await sandbox.stop();
});

const login = (service: DelegatedAuthService, options = {}) => service.login({ username: 'ada' }, options);
const many = <T>(count: number, call: () => Promise<T>) => Promise.allSettled(Array.from({ length: count }, call));
const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'rejected' ? result.reason.code : 'ok'));

describe('after one 429', () => {
  it('nobody sends until the moment that Dfns named, and then everybody is served', async () => {
    await begin();
    const service = await register({ http: { maxSockets: 4 } });
    await login(service);
    const before = sandbox.requests.length;
    sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '0.5' } });
    const startedAt = performance.now();
    const calls = many(50, () => login(service));
    await until(() => performance.now() - startedAt > 450);
    expect(sandbox.requests.length - before).toBeLessThanOrEqual(4 + 3);
    expect(new Set(codes(await calls))).toEqual(new Set(['ok']));
    expect(sandbox.requests.length - before).toBeLessThanOrEqual(50 * 3 + 1);
  });

  it('that asks for more time than a call has, calls fail at once, without a request, and say when to come back', async () => {
    await begin();
    const service = await register();
    sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    await expect(login(service)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 60_000 });
    const startedAt = performance.now();
    const results = await many(100, () => login(service));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(new Set(codes(results))).toEqual(new Set(['DFNS_RATE_LIMITED']));
    const [first] = results;
    expect((first as PromiseRejectedResult).reason.retryAfterMs).toBeGreaterThan(55_000);
    expect(sandbox.requests).toHaveLength(1);
    now += 60_000;
    await login(service);
  });

  it('those who wait in line and cannot wait as long fail at once', async () => {
    await begin();
    const service = await register({ http: { maxSockets: 1 } });
    sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    const startedAt = performance.now();
    expect(new Set(codes(await many(20, () => login(service))))).toEqual(new Set(['DFNS_RATE_LIMITED']));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(sandbox.requests).toHaveLength(1);
  });

  it('without a word about time, there is a pause all the same', async () => {
    await begin();
    const service = await register();
    sandbox.faults.add({ on: '*', kind: 'status', status: 429 });
    await Promise.allSettled([login(service, { deadlineMs: 500 })]);
    await expect(login(service, { deadlineMs: 500 })).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('another registration goes on', async () => {
    await begin();
    const [paused, other] = [await register(), await register()];
    sandbox.faults.add({ on: '*', kind: 'status', status: 429, headers: { 'Retry-After': '60' } });
    await Promise.allSettled([login(paused)]);
    await login(other);
    await expect(login(paused)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
  });
});

describe('the quota that Dfns tells', () => {
  it('is used up to the last request and not beyond, for calls that it can end', async () => {
    await begin(30);
    const service = await register();
    await login(service);
    const results = await many(100, () => login(service));
    expect(sandbox.requests).toHaveLength(30);
    const served = codes(results).filter((code) => code === 'ok').length;
    expect(served).toBeGreaterThanOrEqual(7);
    expect(codes(results).filter((code) => code === 'DFNS_RATE_LIMITED')).toHaveLength(100 - served);
    now += 60_000;
    await login(service);
  });

  it('counts anew in the next window', async () => {
    await begin(30);
    const service = await register();
    for (let window = 1; window <= 3; window += 1) {
      for (let i = 0; i < 10; i += 1) await login(service);
      await expect(login(service)).rejects.toMatchObject({ code: 'DFNS_RATE_LIMITED' });
      expect(sandbox.requests).toHaveLength(30 * window);
      now += 60_000;
    }
  });
});

describe('the line', () => {
  it("is ours and not the agent's: waiting costs no attempt its time", async () => {
    await begin();
    const service = await register({ http: { maxSockets: 1, attemptTimeoutMs: 400, maxAttempts: 1 } });
    sandbox.faults.add({ on: INIT, kind: 'slow', bytesPerSecond: 5_000, times: Number.POSITIVE_INFINITY });
    expect(new Set(codes(await many(8, () => login(service))))).toEqual(new Set(['ok']));
    expect(sandbox.connections).toBe(1);
  });

  it('is left by those whose time is over or who give up, and keeps no place for them', async () => {
    await begin();
    const service = await register({ http: { maxSockets: 1 } });
    sandbox.faults.add({ on: INIT, kind: 'hang' });
    const first = new AbortController();
    const holder = login(service, { signal: first.signal });
    await until(() => sandbox.requests.length === 1);
    const controller = new AbortController();
    const abandoned = login(service, { signal: controller.signal });
    await expect(login(service, { deadlineMs: 20 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    controller.abort();
    await expect(abandoned).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(sandbox.requests).toHaveLength(1);
    first.abort();
    await expect(holder).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    for (let i = 0; i < 3; i += 1) await login(service, { deadlineMs: 5_000 });
  });

  it('lets calls that have begun go before calls that begin', async () => {
    await begin();
    const service = await register({ http: { maxSockets: 1 } });
    await many(20, () => login(service));
    expect(operations(sandbox).indexOf('POST /auth/login/delegated')).toBeLessThan(10);
  });

  it('has an end, beyond which calls are refused at once', async () => {
    await begin();
    const service = await register();
    sandbox.faults.add({ on: INIT, kind: 'hang', times: Number.POSITIVE_INFINITY });
    const results: Promise<unknown>[] = [];
    const waiting = Array.from({ length: 10_064 }, () => login(service).catch((error) => error));
    for (let i = 0; i < 10; i += 1) results.push(login(service).catch((error) => error));
    for (const error of await Promise.all(results)) {
      expect(error).toMatchObject({ code: 'DFNS_RATE_LIMITED', retryAfterMs: 15_000 });
    }
    expect(sandbox.requests.length).toBeLessThanOrEqual(64);
    await contexts.pop()?.close();
    expect(new Set((await Promise.all(waiting)).map((error) => (error as DfnsErrorLike).code))).toEqual(
      new Set(['DFNS_ABORTED']),
    );
  });
});

interface DfnsErrorLike {
  code: string;
}
