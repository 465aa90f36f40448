import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, type DfnsAuthModuleOptions } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;
let sandbox: DfnsSandbox;
let context: TestingModule;
let service: DelegatedAuthService;

async function register(options: Partial<DfnsAuthModuleOptions> = {}, clock = () => now) {
  context = await startWith(sandbox, options, clock);
  service = context.get(DelegatedAuthService);
}

/** What Dfns received while `act` ran. */
async function requestsOf(act: () => Promise<unknown>): Promise<string[]> {
  const before = sandbox.requests.length;
  await act();
  return operations(sandbox, before);
}

beforeEach(async () => {
  now = Date.now();
  sandbox = await DfnsSandbox.start({ now: () => now });
  for (const username of ['ada', 'bob']) sandbox.createUser({ username });
});

afterEach(async () => {
  await context.close();
  await sandbox.stop();
});

describe('many callers', () => {
  it('of one user ask Dfns once, a thousand of them', async () => {
    await register();
    const tokens = new Set<string>();
    const call = async () => tokens.add(await service.getToken('ada'));
    expect(await requestsOf(() => Promise.all(Array.from({ length: 1_000 }, call)))).toEqual(LOGIN);
    expect(tokens.size).toBe(1);
  });

  it('ask three times a user, ten for each of a thousand users, over no more than the sockets allowed', async () => {
    await register({ http: { maxSockets: 16 } });
    const users = Array.from({ length: 1_000 }, (_, i) => `user-${i}`);
    for (const username of users) sandbox.createUser({ username });
    const call = (username: string) => Array.from({ length: 10 }, () => service.getToken(username));
    expect(await requestsOf(() => Promise.all(users.flatMap(call)))).toHaveLength(3_000);
    expect(sandbox.connections).toBeLessThanOrEqual(16);
    expect(new Set(await Promise.all(users.map((user) => service.getToken(user)))).size).toBe(1_000);
  });

  it('all learn of a failure, and none after them', async () => {
    await register();
    sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => service.getToken('ada')));
    expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });
});

describe('a token in memory', () => {
  it('is served until its leeway, and not within it', async () => {
    await register({ tokens: { leewayMs: MINUTE, refreshAheadMs: 0 } });
    const first = await service.getToken('ada');
    now += HOUR - MINUTE - 1;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual([]);
    now += 1;
    expect(await requestsOf(async () => expect(await service.getToken('ada')).not.toBe(first))).toEqual(LOGIN);
  });

  it('lives as long as it says from when it was asked for, whatever the clocks say', async () => {
    await register({ tokens: { leewayMs: 0, refreshAheadMs: 0 } }, () => now - 48 * HOUR);
    const first = await service.getToken('ada');
    now += HOUR - 1;
    expect(await service.getToken('ada')).toBe(first);
    now += 1;
    expect(await service.getToken('ada')).not.toBe(first);
  });

  it('is served at all when it lives for a minute only', async () => {
    await sandbox.stop();
    sandbox = await DfnsSandbox.start({ now: () => now, lifetimes: { userTokenMs: MINUTE } });
    sandbox.createUser({ username: 'ada' });
    await register();
    await service.getToken('ada');
    now += 20_000;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual([]);
  });

  it('is not kept for years because it says so', async () => {
    await sandbox.stop();
    sandbox = await DfnsSandbox.start({ now: () => now, lifetimes: { userTokenMs: 10 * 365 * 24 * HOUR } });
    sandbox.createUser({ username: 'ada' });
    await register();
    await service.getToken('ada');
    now += 25 * HOUR;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });

  it('lives for the default where it does not say how long', async () => {
    await register({ tokens: { defaultLifetimeMs: 10_000, leewayMs: 0, refreshAheadMs: 0 } });
    const [header, payload, signature] = sandbox.issueUserToken('ada').split('.') as [string, string, string];
    const { exp: _, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const token = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 200, body: { token } });
    await service.getToken('ada');
    now += 9_999;
    expect(await service.getToken('ada')).toBe(token);
    now += 1;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });

  it('is asked for anew when the clock was set back', async () => {
    await register();
    await service.getToken('ada');
    now -= HOUR;
    expect(await requestsOf(() => service.getToken('ada'))).toEqual(LOGIN);
  });

  it('gives way to newer ones beyond the bound, the least recently used first', async () => {
    await register({ tokens: { maxEntries: 2 } });
    sandbox.createUser({ username: 'eve' });
    for (const username of ['ada', 'bob', 'ada', 'eve']) await service.getToken(username);
    expect(await requestsOf(() => service.getToken('ada'))).toEqual([]);
    expect(await requestsOf(() => service.getToken('bob'))).toEqual(LOGIN);
  });
});

describe('a username', () => {
  it.each([[''], ['x'.repeat(501)], [7], [null], [undefined], [['ada']], [{ username: 'ada' }]])(
    'like %j is refused before any request',
    async (username) => {
      await register();
      const refused = () =>
        expect(service.getToken(username as string)).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
      expect(await requestsOf(refused)).toEqual([]);
    },
  );

  it.each([['bob'], [undefined]])('that Dfns answers with the token of %s is not served it', async (other) => {
    await register();
    const stranger = await DfnsSandbox.start();
    stranger.createUser({ username: 'ada' });
    const token = other ? sandbox.issueUserToken(other) : stranger.issueUserToken('ada');
    await stranger.stop();
    sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 200, body: { token } });
    await expect(service.getToken('ada')).rejects.toMatchObject({ code: 'DFNS_MALFORMED_RESPONSE' });
    expect(await service.getToken('ada')).not.toBe(token);
  });
});
