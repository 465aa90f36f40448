import { describe, expect, it } from '@jest/globals';
import { DelegatedAuthService } from 'nestjs-dfns-auth';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = 'POST /auth/login/delegated';
const INIT = 'POST /auth/action/init';
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const MANY = names('user', 40);

describe('warm', () => {
  const world = useSandboxForEachTest({ users: ['ada', 'bob', ...MANY] });
  /** The users in the order of their logins. */
  const loggedIn = () =>
    world.sandbox.requests
      .filter(({ method, path }) => `${method} ${path}` === LOGIN)
      .map(({ body }) => JSON.parse(body).username);

  it('gets a token for each user once, so that the first call needs no login', async () => {
    const service = await world.startService();
    const bob = await service.getToken('bob');
    expect(await service.warm(['ada', 'bob', 'ada'])).toEqual({ ready: 2, missing: 0 });
    expect(loggedIn()).toEqual(['bob', 'ada']);
    const seen = world.sandbox.requests.length;
    expect(await service.getToken('ada')).toMatch(/^ey/);
    expect(await service.getToken('bob')).toBe(bob);
    expect(world.sandbox.requests).toHaveLength(seen);
  });

  it('counts users who get no token, and is no error', async () => {
    const service = await world.startService();
    expect(await service.warm(['nobody', 'ada', ''])).toEqual({ ready: 1, missing: 2 });
    expect(await service.warm([])).toEqual({ ready: 0, missing: 0 });
  });

  it('refuses a username instead of a list, whose letters would be users', async () => {
    const service = await world.startService();
    await expect(service.warm('ada' as unknown as string[])).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toEqual([]);
  });

  it('comes behind the calls of others, also those that came later', async () => {
    const service = await world.startService({ http: { maxSockets: 2 } });
    const warmed = service.warm(MANY);
    await waitUntil(() => loggedIn().length >= 2);
    const before = loggedIn().length;
    await Promise.all(['ada', 'bob'].map((username) => service.getToken(username)));
    // Those that had begun end first; at most eight begin at a time.
    expect(loggedIn().length - before).toBeLessThanOrEqual(2 + 8);
    expect(await warmed).toEqual({ ready: MANY.length, missing: 0 });
  });

  it('does not make a call for the same user wait', async () => {
    const service = await world.startService({ http: { maxSockets: 2 } });
    const warmed = service.warm([...MANY, 'ada']);
    await waitUntil(() => loggedIn().length >= 1);
    await service.getToken('ada');
    expect(loggedIn().length).toBeLessThan(MANY.length);
    expect(await warmed).toEqual({ ready: MANY.length + 1, missing: 0 });
    expect(loggedIn().filter((username) => username === 'ada')).toHaveLength(1);
  });

  it('ends with its signal: nothing more is sent, and the tokens stay', async () => {
    const service = await world.startService({ http: { maxSockets: 1 } });
    const controller = new AbortController();
    const warmed = service.warm(MANY, { signal: controller.signal });
    await waitUntil(() => loggedIn().length >= 3);
    controller.abort();
    const { ready, missing } = await warmed;
    expect(ready).toBeGreaterThanOrEqual(2);
    expect(ready + missing).toBe(MANY.length);
    await service.getToken('ada');
    expect(loggedIn().length).toBeLessThanOrEqual(ready + 2 + 8);
  });

  it('ends at its deadline, and with the application', async () => {
    const context = await world.startInstance();
    const service = context.get(DelegatedAuthService);
    world.sandbox.faults.add({ on: INIT, kind: 'hang', times: Number.POSITIVE_INFINITY });
    expect(await service.warm(MANY, { deadlineMs: 50 })).toEqual({ ready: 0, missing: MANY.length });
    const warmed = service.warm(MANY);
    await context.close();
    expect(await warmed).toEqual({ ready: 0, missing: MANY.length });
  });

  it('sends at most eight logins at a time, over all callers', async () => {
    const context = await world.startInstance();
    const service = context.get(DelegatedAuthService);
    world.sandbox.faults.add({ on: INIT, kind: 'hang', times: Number.POSITIVE_INFINITY });
    const all = MANY.map((username) => service.warm([username]));
    await waitUntil(() => world.sandbox.requests.length === 8);
    world.sandbox.faults.clear();
    await service.getToken('ada');
    expect(world.operations().filter((operation) => operation === INIT)).toHaveLength(9);
    await context.close();
    await Promise.all(all);
  });

  it('logs each user in once, if replicas that share a store do it at the same time', async () => {
    const store = new MemoryTokenStore();
    const replicas = [];
    for (let i = 0; i < 3; i += 1) replicas.push(await world.startService({ tokens: { store } }));
    const warmed = await Promise.all(replicas.map((replica) => replica.warm(MANY)));
    expect(warmed).toEqual(replicas.map(() => ({ ready: MANY.length, missing: 0 })));
    expect(loggedIn()).toHaveLength(MANY.length);
  });
});

describe('warm, with a quota', () => {
  let now = Date.now();
  const world = useSandboxForEachTest({ rateLimitPerMinute: 60, now: () => now, users: ['ada', ...MANY] });

  it('leaves half of the quota to other calls, and goes on in the next window', async () => {
    const service = await world.startService();
    // The first answer tells the quota.
    await service.getToken('ada');
    const controller = new AbortController();
    const warmed = service.warm(MANY, { signal: controller.signal });
    await waitUntil(() => world.sandbox.requests.length >= 3 + 24);
    for (const username of MANY.slice(-10)) await service.getToken(username);
    expect(world.sandbox.requests.length).toBeLessThanOrEqual(60);
    const seen = world.sandbox.requests.length;
    now += 61_000;
    await waitUntil(() => world.sandbox.requests.length > seen);
    controller.abort();
    expect((await warmed).ready).toBeGreaterThanOrEqual(8);
  });
});
