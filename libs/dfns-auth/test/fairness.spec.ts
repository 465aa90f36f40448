import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DelegatedAuthService, type DfnsAuthModuleOptions, DfnsClient, DfnsHealthIndicator } from 'nestjs-dfns-auth';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const ADA = { username: 'ada' };
const INIT = 'POST /auth/action/init';
const EVER = Number.POSITIVE_INFINITY;
/** About what an answer of Dfns weighs; with these bytes a second it takes some 50 ms. */
const SLOW = { kind: 'slow', bytesPerSecond: 8_000, times: EVER } as const;

let context: TestingModule;
let now: number;

beforeEach(() => {
  now = Date.now();
});
const world = useSandboxForEachTest({ now: () => now });

beforeEach(() => {
  for (const username of ['ada', 'bob', 'eve'])
    world.sandbox.createUser({ username, wallets: [{ network: 'Solana' }] });
});

async function started(http: DfnsAuthModuleOptions['http']): Promise<void> {
  context = await world.startInstance({ http });
}

const auth = () => context.get(DelegatedAuthService);
const read = (username: string) =>
  context.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { username } });

async function took(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

/** Runs `call` again and again, `count` times at once, until the returned function is called. */
function inALoop(count: number, call: () => Promise<unknown>): () => Promise<void> {
  let goesOn = true;
  const loops = Array.from({ length: count }, async () => {
    while (goesOn) await call().catch(() => {});
  });
  return async () => {
    goesOn = false;
    await Promise.all(loops);
  };
}

describe('a login beside twelve readers on eight connections', () => {
  it.each([
    ['of one user', () => 'bob'],
    ['of several users', (at: number) => ['bob', 'eve'][at % 2] as string],
  ])('%s takes less than three times its time alone', async (_, userOf) => {
    await started({ maxSockets: 8 });
    world.sandbox.faults.add({ ...SLOW, on: '*' });
    for (const username of ['bob', 'eve']) await auth().getToken(username);
    const alone = await took(() => auth().login(ADA));
    const readers = Array.from({ length: 12 }, (_, at) => inALoop(1, () => read(userOf(at))));
    const stop = () => Promise.all(readers.map((end) => end()));
    await waitUntil(() => world.sandbox.requests.filter(({ path }) => path === '/wallets').length >= 24);
    // Other work on the machine may slow one of them down; a login that is not fair is slow each time.
    const beside = [];
    for (let i = 0; i < 3; i += 1) beside.push(await took(() => auth().login(ADA)));
    await stop();
    expect(Math.min(...beside)).toBeLessThan(3 * alone);
  });

  it('goes on while all requests of another user hang', async () => {
    await started({ maxSockets: 8 });
    await auth().getToken('bob');
    world.sandbox.faults.add({ on: 'GET /wallets', kind: 'hang', times: EVER });
    const controller = new AbortController();
    const caller = { username: 'bob' };
    const hanging = Array.from({ length: 20 }, () =>
      context
        .get(DfnsClient)
        .request({ method: 'GET', path: '/wallets', caller }, { signal: controller.signal })
        .catch(() => {}),
    );
    await waitUntil(() => world.sandbox.requests.filter(({ path }) => path === '/wallets').length === 4);
    for (let i = 0; i < 5; i += 1) await auth().login(ADA);
    expect(world.sandbox.requests.filter(({ path }) => path === '/wallets')).toHaveLength(4);
    controller.abort();
    await Promise.all(hanging);
  });

  it('leaves one user half of the connections, and all of them to several', async () => {
    await started({ maxSockets: 8 });
    for (const username of ['bob', 'eve']) await auth().getToken(username);
    world.sandbox.faults.add({ on: 'GET /wallets', kind: 'hang', times: EVER });
    const reads = () => world.sandbox.requests.filter(({ path }) => path === '/wallets').length;
    const hanging = [...Array(9).fill('bob'), ...Array(9).fill('eve')].map((username) =>
      read(username).catch(() => {}),
    );
    await waitUntil(() => reads() === 8);
    await context.close();
    await Promise.all(hanging);
    expect(reads()).toBe(8);
  });
});

describe('one person whose requests fail', () => {
  it.each([
    ['with 500', { kind: 'status', status: 500 } as const, {}],
    ['with 503', { kind: 'status', status: 503 } as const, {}],
    ['with no answer', { kind: 'reset' } as const, {}],
    ['with an answer that does not come in time', { kind: 'hang' } as const, { attemptTimeoutMs: 150 }],
  ])('%s locks nobody else out', async (_, fault, http) => {
    await started({ maxAttempts: 2, ...http });
    for (const username of ['ada', 'bob', 'eve']) await auth().getToken(username);
    world.sandbox.faults.add({ ...fault, on: 'GET /wallets', times: EVER });
    const stop = inALoop(4, () => read('bob'));
    const results: unknown[] = [];
    for (let i = 0; i < 40; i += 1)
      results.push(
        await auth()
          .login(ADA)
          .catch((error) => error),
      );
    await stop();
    expect(results).toEqual(Array(40).fill({ token: expect.any(String) }));
  });
});

describe('the circuit', () => {
  const down = { kind: 'status', status: 503, on: '*', times: EVER } as const;
  const health = async () => (await context.get(DfnsHealthIndicator).check()).dfns;

  it('opens when nothing of Dfns answers, and closes when it does', async () => {
    await started({ maxAttempts: 1 });
    world.sandbox.faults.add(down);
    for (let i = 0; i < 10; i += 1)
      await auth()
        .login(ADA)
        .catch(() => {});
    expect(await health()).toMatchObject({ status: 'down', circuit: 'open', problem: expect.any(String) });
    const from = world.sandbox.requests.length;
    await expect(auth().login(ADA)).rejects.toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: false });
    expect(world.sandbox.requests).toHaveLength(from);
    now += 5_001;
    world.sandbox.faults.clear();
    expect(await health()).toMatchObject({ status: 'degraded', circuit: 'half-open', problem: expect.any(String) });
    await auth().login(ADA);
    expect(await health()).toMatchObject({ status: 'up', circuit: 'closed' });
  });

  it('does not open for 500, which is an answer', async () => {
    await started({ maxAttempts: 1 });
    world.sandbox.faults.add({ ...down, status: 500 });
    for (let i = 0; i < 30; i += 1)
      await auth()
        .login(ADA)
        .catch(() => {});
    expect(await health()).toMatchObject({ status: 'up', circuit: 'closed' });
  });

  it('lets the next call probe when the first probe proved nothing, several times', async () => {
    await started({ maxAttempts: 1 });
    world.sandbox.faults.add({ ...down, times: 10 });
    for (let i = 0; i < 10; i += 1)
      await auth()
        .login(ADA)
        .catch(() => {});
    now += 5_001;
    for (let i = 0; i < 3; i += 1) {
      world.sandbox.faults.add({ on: INIT, kind: 'hang' });
      await expect(auth().login(ADA, { deadlineMs: 30 })).rejects.toMatchObject({ code: 'DFNS_TIMEOUT' });
    }
    await expect(auth().login(ADA)).resolves.toBeDefined();
  });

  it('hands a waiting call the right to probe while the first one still runs out', async () => {
    await started({ maxAttempts: 1 });
    world.sandbox.faults.add({ ...down, times: 10 });
    for (let i = 0; i < 10; i += 1)
      await auth()
        .login(ADA)
        .catch(() => {});
    now += 5_001;
    world.sandbox.faults.add({ on: INIT, kind: 'hang' });
    const from = world.sandbox.requests.length;
    const first = auth()
      .login(ADA, { deadlineMs: 100 })
      .catch((error) => error.code);
    await waitUntil(() => world.sandbox.requests.length > from);
    const second = auth().login(ADA);
    expect(await first).toBe('DFNS_TIMEOUT');
    await expect(second).resolves.toBeDefined();
  });
});
