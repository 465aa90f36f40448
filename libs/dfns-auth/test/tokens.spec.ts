import { beforeEach, describe, expect, it } from '@jest/globals';
import { useSandbox, useSandboxForEachTest } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;

beforeEach(() => {
  now = Date.now();
});

const world = useSandboxForEachTest({ now: () => now, users: ['ada', 'bob'] });

/** Returns the requests that Dfns received while `act` ran. */
async function requestsOf(act: () => Promise<unknown>): Promise<string[]> {
  const before = world.sandbox.requests.length;
  await act();
  return world.operations(before);
}

describe('many callers', () => {
  it('of one user cause one login', async () => {
    const service = await world.startService();
    const tokens = new Set<string>();
    const call = async () => tokens.add(await service.getToken('ada'));
    expect(await requestsOf(() => Promise.all(Array.from({ length: 1_000 }, call)))).toEqual(LOGIN);
    expect(tokens.size).toBe(1);
  });

  it('of four hundred users cause one login for each user, over at most maxSockets connections', async () => {
    const service = await world.startService({ http: { maxSockets: 16, deadlineMs: 120_000 } });
    const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);
    for (const username of users) world.sandbox.createUser({ username });
    const call = (username: string) => Array.from({ length: 10 }, () => service.getToken(username));
    expect(await requestsOf(() => Promise.all(users.flatMap(call)))).toHaveLength(1_200);
    expect(world.sandbox.connections).toBeLessThanOrEqual(16);
    expect(new Set(await Promise.all(users.map((user) => service.getToken(user)))).size).toBe(400);
  });

  it('all get the error of a login, and later callers do not', async () => {
    const service = await world.startService();
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => service.getToken('ada')));
    expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });
});

describe('a token in memory', () => {
  it('is served until its leeway begins', async () => {
    const service = await world.startService({ tokens: { leewayMs: MINUTE, refreshAheadMs: 0 } });
    const first = await service.getToken('ada');
    now += HOUR - MINUTE - 1;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual([]);
    now += 1;
    expect(await requestsOf(async () => expect(await service.getToken('ada')).not.toBe(first))).toEqual(LOGIN);
  });

  it('lives for its lifetime from the moment of the login, for any clock of Dfns', async () => {
    const service = await world.startService({ tokens: { leewayMs: 0, refreshAheadMs: 0 } }, () => now - 48 * HOUR);
    const first = await service.getToken('ada');
    now += HOUR - 1;
    expect(await service.getToken('ada')).toBe(first);
    now += 1;
    expect(await service.getToken('ada')).not.toBe(first);
  });

  it('lives for the default lifetime without an end of its own', async () => {
    const service = await world.startService({ tokens: { defaultLifetimeMs: 10_000, leewayMs: 0, refreshAheadMs: 0 } });
    const [header, payload, signature] = world.sandbox.issueUserToken('ada').split('.') as [string, string, string];
    const { exp: _, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const token = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 200, body: { token } });
    await service.getToken('ada');
    now += 9_999;
    expect(await service.getToken('ada')).toBe(token);
    now += 1;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });

  it('is replaced when the clock was set back', async () => {
    const service = await world.startService();
    await service.getToken('ada');
    now -= HOUR;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });

  it('is dropped when there are too many, the least recently used one first', async () => {
    const service = await world.startService({ tokens: { maxEntries: 2 } });
    world.sandbox.createUser({ username: 'eve' });
    for (const username of ['ada', 'bob', 'ada', 'eve']) await service.getToken(username);
    expect(await requestsOf(() => service.getToken('ada'))).toEqual([]);
    expect(await requestsOf(() => service.getToken('bob'))).toEqual(LOGIN);
  });
});

describe('a token that lives for a minute', () => {
  const world = useSandboxForEachTest({ now: () => now, users: ['ada'], lifetimes: { userTokenMs: MINUTE } });

  it('is served', async () => {
    const service = await world.startService();
    await service.getToken('ada');
    now += 20_000;
    await service.getToken('ada');
    expect(world.operations()).toEqual(LOGIN);
  });
});

describe('a token that lives for ten years', () => {
  const lifetimes = { userTokenMs: 10 * 365 * 24 * HOUR };
  const world = useSandboxForEachTest({ now: () => now, users: ['ada'], lifetimes });

  it('is kept for a day', async () => {
    const service = await world.startService();
    await service.getToken('ada');
    now += 25 * HOUR;
    await service.getToken('ada');
    expect(world.operations()).toEqual([...LOGIN, ...LOGIN]);
  });
});

describe('a username', () => {
  const otherOrganisation = useSandbox({ users: ['ada'] });

  it.each([[''], ['x'.repeat(501)], [7], [null], [undefined], [['ada']], [{ username: 'ada' }]])(
    '%j is refused before any request',
    async (username) => {
      const service = await world.startService();
      const refused = () =>
        expect(service.getToken(username as string)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      expect(await requestsOf(refused)).toEqual([]);
    },
  );

  it.each([['bob'], [undefined]])('never gets the token of %s', async (other) => {
    const service = await world.startService();
    const token = other ? world.sandbox.issueUserToken(other) : otherOrganisation.sandbox.issueUserToken('ada');
    world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 200, body: { token } });
    await expect(service.getToken('ada')).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
    expect(await service.getToken('ada')).not.toBe(token);
  });
});
