import { getEventListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox, type Fault } from 'dfns-sandbox';
import { type CredentialSigner, DelegatedAuthService, DfnsClient, DfnsError } from 'nestjs-dfns-auth';
import { resources, resourcesAfter } from './hostile/resources.js';
import { operations, optionsFor, startWith } from './registered.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
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

async function started(more: Parameters<typeof startWith>[1] = {}): Promise<DelegatedAuthService> {
  const context = await startWith(sandbox, more);
  contexts.push(context);
  return context.get(DelegatedAuthService);
}

const hang = (on: string, times = Infinity): Fault => ({ kind: 'hang', on, times });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as DfnsError,
  );

/** Resolves when the sandbox has received `operation` once more. */
async function received(operation: string, from: number): Promise<void> {
  while (!operations(sandbox, from).includes(operation)) await new Promise((resolve) => setImmediate(resolve));
}

describe('a deadline', () => {
  it.each(LOGIN)('ends a call that hangs at %s, and is no attempt timeout', async (operation) => {
    const auth = await started();
    sandbox.faults.add(hang(operation));
    const startedAt = performance.now();
    const error = await failure(auth.login(ADA, { deadlineMs: 120 }));
    const tookMs = performance.now() - startedAt;
    expect(error).toMatchObject({ code: 'DFNS_TIMEOUT', message: expect.stringContaining('120 ms') });
    expect(error?.operation).toBeUndefined();
    expect(tookMs).toBeGreaterThan(115);
    expect(tookMs).toBeLessThan(1_000);
  });

  it('is one for all tries and waits', async () => {
    const auth = await started({ http: { attemptTimeoutMs: 80, deadlineMs: 300, maxAttempts: 1_000 } });
    sandbox.faults.add(hang('*'));
    const startedAt = performance.now();
    expect(await failure(auth.login(ADA))).toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  it('longer than timers of Node reach is no deadline of a millisecond', async () => {
    const auth = await started();
    await expect(auth.login(ADA, { deadlineMs: Infinity })).resolves.toBeDefined();
    await expect(auth.login(ADA, { deadlineMs: 2 ** 31 })).resolves.toBeDefined();
  });

  it('of nothing ends the call before a request is answered', async () => {
    const auth = await started();
    expect(await failure(auth.login(ADA, { deadlineMs: 0 }))).toMatchObject({ code: 'DFNS_TIMEOUT' });
  });

  it('does not count the wait for a free connection as an attempt', async () => {
    const auth = await started({ http: { maxSockets: 1, attemptTimeoutMs: 400, maxAttempts: 1 } });
    sandbox.faults.add({ kind: 'slow', bytesPerSecond: 4_000, on: LOGIN[0] as string, times: Infinity });
    await auth.login(ADA);
    const logins = Array.from({ length: 8 }, () => auth.login(ADA));
    await expect(Promise.all(logins)).resolves.toHaveLength(8);
  });
});

describe('the signal of a caller', () => {
  it.each(LOGIN)('ends a call that hangs at %s at once', async (operation) => {
    const auth = await started();
    await auth.login(ADA);
    const before = resources();
    const controller = new AbortController();
    sandbox.faults.add(hang(operation));
    const from = sandbox.requests.length;
    const login = failure(auth.login(ADA, { signal: controller.signal }));
    await received(operation, from);
    controller.abort();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    const after = await resourcesAfter(before);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(operations(sandbox, from)).toEqual(LOGIN.slice(0, LOGIN.indexOf(operation) + 1));
  });

  it('ends a wait for the next try at once', async () => {
    const auth = await started();
    const controller = new AbortController();
    const limited = { kind: 'status', status: 503, headers: { 'retry-after': '10' } } as const;
    sandbox.faults.add({ ...limited, on: LOGIN[0] as string });
    const from = sandbox.requests.length;
    const login = failure(auth.login(ADA, { signal: controller.signal, deadlineMs: 60_000 }));
    await received(LOGIN[0] as string, from);
    // The answer is on its way back; whatever the call is doing by then, it ends.
    setTimeout(() => controller.abort(), 30);
    const startedAt = performance.now();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(operations(sandbox, from)).toEqual([LOGIN[0]]);
  });

  it('ends a call whose signer does not answer', async () => {
    const asked = deferred();
    const signer: CredentialSigner = {
      sign: () => {
        asked.resolve(undefined);
        return new Promise(() => {});
      },
    };
    const { serviceAccount } = optionsFor(sandbox);
    const auth = await started({ serviceAccount: { ...serviceAccount, credential: signer } });
    const controller = new AbortController();
    const login = failure(auth.login(ADA, { signal: controller.signal }));
    await asked.promise;
    controller.abort();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
  });

  it('that was aborted before sends nothing', async () => {
    const auth = await started();
    const from = sandbox.requests.length;
    const aborted = AbortSignal.abort(new Error('a reason of the caller'));
    expect(await failure(auth.login(ADA, { signal: aborted }))).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(operations(sandbox, from)).toEqual([]);
  });

  it('is told apart from the deadline when both end', async () => {
    const auth = await started();
    sandbox.faults.add(hang('*'));
    const options = { signal: AbortSignal.timeout(60), deadlineMs: 1_000 };
    expect(await failure(auth.login(ADA, options))).toMatchObject({ code: 'DFNS_ABORTED' });
    const late = { signal: AbortSignal.timeout(1_000), deadlineMs: 60 };
    expect(await failure(auth.login(ADA, late))).toMatchObject({ code: 'DFNS_TIMEOUT' });
  });
});

describe('a signer that hangs', () => {
  it('ends with the time of an attempt', async () => {
    const { serviceAccount } = optionsFor(sandbox);
    const credential: CredentialSigner = { sign: () => new Promise(() => {}) };
    const auth = await started({ serviceAccount: { ...serviceAccount, credential }, http: { attemptTimeoutMs: 60 } });
    expect(await failure(auth.login(ADA))).toMatchObject({ code: 'DFNS_SIGNER_FAILED' });
  });
});

describe('shutting down', () => {
  it('ends what is in flight, closes connections, and lets nothing new begin', async () => {
    const context = await startWith(sandbox);
    const auth = context.get(DelegatedAuthService);
    const before = resources();
    sandbox.faults.add(hang(LOGIN[2] as string));
    const from = sandbox.requests.length;
    const logins = [failure(auth.login(ADA)), failure(auth.getToken('ada'))];
    await received(LOGIN[2] as string, from);
    await context.close();
    for (const login of logins) expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    const after = await resourcesAfter(before);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers);
    const seen = sandbox.requests.length;
    expect(await failure(auth.login(ADA))).toMatchObject({ code: 'DFNS_ABORTED' });
    const read = { method: 'GET', path: '/wallets', caller: 'serviceAccount' } as const;
    expect(await failure(context.get(DfnsClient).request(read))).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(sandbox.requests).toHaveLength(seen);
  });
});

function deferred() {
  let resolve!: (value: unknown) => void;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
