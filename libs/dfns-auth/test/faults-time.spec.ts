import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Fault } from 'dfns-sandbox';
import { type CredentialSigner, DelegatedAuthService, DfnsClient } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { optionsFor } from './support/library-instance.js';
import { processResources, processResourcesAfter } from './support/process-resources.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const ADA = { username: 'ada' };

const world = useSandbox({ users: [ADA.username] });

const hang = (on: string, times = Infinity): Fault => ({ kind: 'hang', on, times });

/** Waits until the sandbox has received `operation` after the request `from`. */
function received(operation: string, from: number): Promise<void> {
  return waitUntil(() => world.operations(from).includes(operation));
}

describe('a deadline', () => {
  it.each(LOGIN)('ends a call that hangs at %s, with another error than the end of an attempt', async (operation) => {
    const auth = await world.startService();
    world.sandbox.faults.add(hang(operation));
    const startedAt = performance.now();
    const error = await failureOf(auth.login(ADA, { deadlineMs: 120 }));
    const tookMs = performance.now() - startedAt;
    expect(error).toMatchObject({ code: 'DFNS_TIMEOUT', message: expect.stringContaining('120 ms') });
    expect(error?.operation).toBeUndefined();
    expect(tookMs).toBeGreaterThan(115);
    expect(tookMs).toBeLessThan(1_000);
  });

  it('includes all attempts and waits of a call', async () => {
    const auth = await world.startService({ http: { attemptTimeoutMs: 80, deadlineMs: 300, maxAttempts: 1_000 } });
    world.sandbox.faults.add(hang('*'));
    const startedAt = performance.now();
    expect(await failureOf(auth.login(ADA))).toMatchObject({ code: 'DFNS_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  it('can be longer than the longest timer of Node', async () => {
    const auth = await world.startService();
    await expect(auth.login(ADA, { deadlineMs: Infinity })).resolves.toBeDefined();
    await expect(auth.login(ADA, { deadlineMs: 2 ** 31 })).resolves.toBeDefined();
  });

  it('of 0 ms ends the call before an answer', async () => {
    const auth = await world.startService();
    expect(await failureOf(auth.login(ADA, { deadlineMs: 0 }))).toMatchObject({ code: 'DFNS_TIMEOUT' });
  });

  it('of an attempt does not include the wait for a free connection', async () => {
    const auth = await world.startService({ http: { maxSockets: 1, attemptTimeoutMs: 400, maxAttempts: 1 } });
    world.sandbox.faults.add({ kind: 'slow', bytesPerSecond: 4_000, on: LOGIN[0] as string, times: Infinity });
    await auth.login(ADA);
    const logins = Array.from({ length: 8 }, () => auth.login(ADA));
    await expect(Promise.all(logins)).resolves.toHaveLength(8);
  });
});

describe('the signal of a caller', () => {
  it.each(LOGIN)('ends a call that hangs at %s immediately', async (operation) => {
    const auth = await world.startService();
    await auth.login(ADA);
    const before = processResources();
    const controller = new AbortController();
    world.sandbox.faults.add(hang(operation));
    const from = world.sandbox.requests.length;
    const login = failureOf(auth.login(ADA, { signal: controller.signal }));
    await received(operation, from);
    controller.abort();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    const after = await processResourcesAfter(before);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(world.operations(from)).toEqual(LOGIN.slice(0, LOGIN.indexOf(operation) + 1));
  });

  it('ends the wait for the next attempt immediately', async () => {
    const auth = await world.startService();
    const controller = new AbortController();
    const limited = { kind: 'status', status: 503, headers: { 'retry-after': '10' } } as const;
    world.sandbox.faults.add({ ...limited, on: LOGIN[0] as string });
    const from = world.sandbox.requests.length;
    const login = failureOf(auth.login(ADA, { signal: controller.signal, deadlineMs: 60_000 }));
    await received(LOGIN[0] as string, from);
    // After 30 ms the answer has arrived, and the call waits.
    setTimeout(() => controller.abort(), 30);
    const startedAt = performance.now();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(world.operations(from)).toEqual([LOGIN[0]]);
  });

  it('ends a call whose signer does not answer', async () => {
    const asked = deferred();
    const signer: CredentialSigner = {
      sign: () => {
        asked.resolve(undefined);
        return new Promise(() => {});
      },
    };
    const { serviceAccount } = optionsFor(world.sandbox);
    const auth = await world.startService({ serviceAccount: { ...serviceAccount, credential: signer } });
    const controller = new AbortController();
    const login = failureOf(auth.login(ADA, { signal: controller.signal }));
    await asked.promise;
    controller.abort();
    expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
  });

  it('prevents every request if it was aborted before the call', async () => {
    const auth = await world.startService();
    const from = world.sandbox.requests.length;
    const aborted = AbortSignal.abort(new Error('a reason of the caller'));
    expect(await failureOf(auth.login(ADA, { signal: aborted }))).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.operations(from)).toEqual([]);
  });

  it('and the deadline cause different errors', async () => {
    const auth = await world.startService();
    world.sandbox.faults.add(hang('*'));
    const options = { signal: AbortSignal.timeout(60), deadlineMs: 1_000 };
    expect(await failureOf(auth.login(ADA, options))).toMatchObject({ code: 'DFNS_ABORTED' });
    const late = { signal: AbortSignal.timeout(1_000), deadlineMs: 60 };
    expect(await failureOf(auth.login(ADA, late))).toMatchObject({ code: 'DFNS_TIMEOUT' });
  });
});

describe('a signer that hangs', () => {
  it('fails after the time of an attempt', async () => {
    const { serviceAccount } = optionsFor(world.sandbox);
    const credential: CredentialSigner = { sign: () => new Promise(() => {}) };
    const auth = await world.startService({
      serviceAccount: { ...serviceAccount, credential },
      http: { attemptTimeoutMs: 60 },
    });
    expect(await failureOf(auth.login(ADA))).toMatchObject({ code: 'DFNS_SIGNER_FAILED' });
  });
});

describe('shutting down', () => {
  it('ends all running calls, closes the connections, and refuses new calls', async () => {
    const context = await world.startInstance();
    const auth = context.get(DelegatedAuthService);
    const before = processResources();
    world.sandbox.faults.add(hang(LOGIN[2] as string));
    const from = world.sandbox.requests.length;
    const logins = [failureOf(auth.login(ADA)), failureOf(auth.getToken('ada'))];
    await received(LOGIN[2] as string, from);
    await context.close();
    for (const login of logins) expect(await login).toMatchObject({ code: 'DFNS_ABORTED' });
    const after = await processResourcesAfter(before);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers);
    const seen = world.sandbox.requests.length;
    expect(await failureOf(auth.login(ADA))).toMatchObject({ code: 'DFNS_ABORTED' });
    const read = { method: 'GET', path: '/wallets', caller: 'serviceAccount' } as const;
    expect(await failureOf(context.get(DfnsClient).request(read))).toMatchObject({ code: 'DFNS_ABORTED' });
    expect(world.sandbox.requests).toHaveLength(seen);
  });
});

function deferred() {
  let resolve!: (value: unknown) => void;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
