import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Keyv } from 'keyv';
import {
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsError,
  KeyvTokenStore,
  type TokenStore,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { usernameOf } from './support/token-claims.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;

beforeEach(() => {
  now = Date.now();
});

const world = useSandboxForEachTest({ now: () => now, users: ['ada', 'bob'] });

function replica(store: TokenStore, more: Partial<DfnsAuthModuleOptions> = {}, of = world) {
  return of.startService({ tokens: { store, leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE }, ...more });
}

const logins = () => world.operations().filter((operation) => operation === LOGIN[2]).length;

describe('replicas with one store', () => {
  it('log a user in once, and refresh the token once', async () => {
    const store = new MemoryTokenStore();
    const replicas = await Promise.all(Array.from({ length: 4 }, () => replica(store)));
    const everywhere = async () =>
      new Set(await Promise.all(replicas.flatMap((service) => [service.getToken('ada'), service.getToken('ada')])));
    for (let lifetime = 1; lifetime <= 4; lifetime += 1) {
      const [token, ...others] = await everywhere();
      expect(others).toEqual([]);
      expect(logins()).toBe(lifetime);
      now += HOUR - 6 * MINUTE;
      expect(await everywhere()).toEqual(new Set([token]));
      await waitUntil(async () => {
        const served = await everywhere();
        return served.size === 1 && !served.has(token as string);
      });
    }
    await waitUntil(() => store.locks.size === 0);
  });

  it('log in again after the login of one of them failed', async () => {
    const store = new MemoryTokenStore();
    const [first, second] = [await replica(store), await replica(store)];
    world.sandbox.faults.add({ on: LOGIN[2] as string, kind: 'status', status: 403 });
    const results = await Promise.allSettled([first.getToken('ada'), second.getToken('ada')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('do not wait forever for a replica that stopped and holds the lock', async () => {
    const store = new MemoryTokenStore();
    store.lock = async () => undefined;
    const service = await replica(store, { http: { deadlineMs: 900 } });
    const startedAt = performance.now();
    await service.getToken('ada');
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it('do not use a token of the store that was forgotten or refused', async () => {
    const store = new MemoryTokenStore();
    const [first, second] = [await replica(store), await replica(store)];
    const refused = await first.getToken('ada');
    now += 1;
    const used: string[] = [];
    await second.withToken('ada', async (token) => {
      used.push(token);
      if (token === refused) throw new DfnsError('DFNS_USER_UNAUTHORIZED', 'refused');
    });
    expect(used[0]).toBe(refused);
    expect(used[1]).not.toBe(refused);
    await waitUntil(() => [...store.rows.values()][0]?.includes(used[1] as string) === true);
    expect(await (await replica(store)).getToken('ada')).toBe(used[1]);
    await second.forget('ada');
    expect(store.rows.size).toBe(0);
  });

  it('log a user out at Dfns when only the store has the token', async () => {
    const store = new MemoryTokenStore();
    const token = await (await replica(store)).getToken('ada');
    await waitUntil(() => store.rows.size === 1);
    await (await replica(store)).logout('ada');
    const answer = await fetch(`${world.sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });
});

describe('one store for several organisations', () => {
  const other = useSandboxForEachTest({ now: () => now, users: ['ada'] });

  it('never serves the token of another organisation', async () => {
    const store = new MemoryTokenStore();
    const here = await (await replica(store, { orgId: undefined })).getToken('ada');
    const there = await (await replica(store, { orgId: undefined }, other)).getToken('ada');
    expect(there).not.toBe(here);
    expect(other.sandbox.requests).toHaveLength(3);
  });

  it('makes the start fail when the organisation is unknown', async () => {
    const { serviceAccount, ...options } = optionsFor(world.sandbox, { tokens: { store: new MemoryTokenStore() } });
    const [header, , signature] = String(serviceAccount.authToken).split('.');
    const authToken = [header, Buffer.from('{}').toString('base64url'), signature].join('.');
    const anonymous = { ...options, orgId: undefined, serviceAccount: { ...serviceAccount, authToken } };
    await expect(world.startModule(DfnsAuthModule.forRoot(anonymous))).rejects.toMatchObject({
      code: 'DFNS_CONFIGURATION',
    });
  });
});

describe('usernames that look similar', () => {
  const units = fc.constantFrom(
    'a',
    'A',
    'а',
    'é',
    'é',
    'e\u0301',
    ' ',
    '\u00a0',
    '\u200b',
    ':',
    '|',
    '"',
    ',',
    '\\',
    '/',
    '[',
    'ß',
    'ss',
  );
  const names = fc.uniqueArray(fc.string({ unit: units, minLength: 1, maxLength: 4 }), { minLength: 8, maxLength: 8 });

  it('never share a token, in memory or in the store', async () => {
    const rows = new Map<string, string>();
    const known = new Set<string>();
    const store = new KeyvTokenStore(new Keyv({ store: rows }), { keys: [{ id: 'a', key: randomBytes(32) }] });
    const [first, second] = [await replica(store), await replica(store)];
    await fc.assert(
      fc.asyncProperty(names, async (usernames) => {
        for (const username of usernames) if (!world.sandbox.user(username)) world.sandbox.createUser({ username });
        const tokens = await Promise.all(usernames.map((username) => first.getToken(username)));
        expect(tokens.map(usernameOf)).toEqual(usernames);
        for (const username of usernames) known.add(username);
        // The first replica writes to the store in the background.
        await waitUntil(() => rows.size === known.size);
        expect((await Promise.all(usernames.map((username) => second.getToken(username)))).map(usernameOf)).toEqual(
          usernames,
        );
      }),
      { numRuns: 25 },
    );
    const asked = world.operations().length / 3;
    expect(asked).toBe(
      new Set(world.sandbox.requests.filter(({ path }) => path === '/auth/login/delegated').map(({ body }) => body))
        .size,
    );
  });
});

describe('a store that', () => {
  const never = () => new Promise<never>(() => {});
  const broken = (parts: Partial<TokenStore>): TokenStore => Object.assign(new MemoryTokenStore(), parts);
  const timeOf = async (act: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await act();
    return performance.now() - startedAt;
  };

  it.each<[string, Partial<TokenStore>]>([
    [
      'rejects',
      { get: async () => Promise.reject(new Error('down')), set: async () => Promise.reject(new Error('down')) },
    ],
    [
      'throws',
      {
        get: () => {
          throw new Error('down');
        },
      },
    ],
    ['cannot lock', { lock: async () => Promise.reject(new Error('down')) }],
    ['gives a lock without a function to release it', { lock: async () => true as never }],
    ['cannot release a lock', { lock: async () => async () => Promise.reject(new Error('down')) }],
    ['cannot delete', { delete: async () => Promise.reject(new Error('down')) }],
  ])('%s fails no login', async (_, parts) => {
    const service = await replica(broken(parts));
    const token = await service.getToken('ada');
    await service.forget('ada');
    expect(await service.getToken('ada')).not.toBe(token);
  });

  it('hangs delays three logins by its time limit, and then none', async () => {
    const service = await replica(broken({ get: never, set: never, delete: never, lock: never }));
    expect(await timeOf(() => service.getToken('ada'))).toBeLessThan(1_500);
    for (let i = 0; i < 3; i += 1) await service.forget('ada').then(() => service.getToken('ada'));
    expect(await timeOf(() => service.getToken('bob'))).toBeLessThan(400);
    expect(logins()).toBe(5);
  });

  it('fails is left out for a second, and used again when it works', async () => {
    let isDown = true;
    let asked = 0;
    const ask = async () => {
      asked += 1;
      if (isDown) throw new Error('down');
      return undefined;
    };
    const service = await replica({ get: ask, set: ask, delete: ask });
    await service.getToken('ada');
    await service.forget('ada').then(() => service.getToken('ada'));
    isDown = false;
    const leftOutFrom = performance.now();
    await service.getToken('bob');
    expect(asked).toBe(3);
    await waitUntil(() => performance.now() > leftOutFrom + 1_000);
    await service.forget('bob').then(() => service.getToken('bob'));
    expect(asked).toBeGreaterThan(4);
  });

  it('gives a lock too late gets it released', async () => {
    const store = new MemoryTokenStore();
    let give = () => {};
    const late = new Promise<void>((resolve) => {
      give = resolve;
    });
    const lock = store.lock.bind(store);
    store.lock = async (key) => {
      await late;
      return lock(key);
    };
    const service = await replica(store);
    await service.getToken('ada');
    give();
    await waitUntil(() => store.rows.size === 1);
    await waitUntil(() => store.locks.size === 0);
    expect(store.rows.size).toBe(1);
  });

  const stranger = () => world.sandbox.issueUserToken('bob');
  it.each<[string, () => unknown]>([
    ['an empty row', () => ''],
    ['no JSON', () => '{'],
    ['null', () => 'null'],
    ['a number', () => 7],
    ['an object without a token', () => '{"askedAt":1}'],
    ['a token of a wrong form', () => JSON.stringify({ token: 'a b', askedAt: now })],
    ['a token without a time', () => JSON.stringify({ token: stranger() })],
    ['the token of another user', () => JSON.stringify({ token: stranger(), askedAt: now })],
    [
      'a token that has ended',
      () => JSON.stringify({ token: world.sandbox.issueUserToken('ada'), askedAt: now - HOUR }),
    ],
  ])('returns %s is not trusted', async (_, row) => {
    const store = broken({ get: async () => row() as string });
    const service = await replica(store);
    expect(usernameOf(await service.getToken('ada'))).toBe('ada');
    expect(logins()).toBe(1);
  });

  it('returns a token from the future does not extend its life', async () => {
    const token = world.sandbox.issueUserToken('ada');
    const store = broken({
      get: async () => JSON.stringify({ token, askedAt: now + 100 * HOUR }),
      set: async () => {},
    });
    const service = await replica(store);
    expect(await service.getToken('ada')).toBe(token);
    now += HOUR;
    store.get = async () => undefined;
    expect(await service.getToken('ada')).not.toBe(token);
  });

  it('returns a dropped token again and again does not get it served', async () => {
    const store = broken({ delete: async () => {}, set: async () => {} });
    const token = world.sandbox.issueUserToken('ada');
    const row = JSON.stringify({ token, askedAt: now });
    store.get = async () => row;
    const service = await replica(store);
    expect(await service.getToken('ada')).toBe(token);
    await service.forget('ada');
    expect(await service.getToken('ada')).not.toBe(token);
    expect(logins()).toBe(1);
  });
});
