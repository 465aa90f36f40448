import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import fc from 'fast-check';
import { Keyv } from 'keyv';
import {
  DelegatedAuthService,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsError,
  KeyvTokenStore,
  type TokenStore,
} from 'nestjs-dfns-auth';
import { MemoryTokenStore } from './memory-token-store.js';
import { operations, optionsFor, start, startWith } from './registered.js';
import { until } from './until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;
let sandbox: DfnsSandbox;
let contexts: TestingModule[];

beforeEach(async () => {
  now = Date.now();
  contexts = [];
  sandbox = await DfnsSandbox.start({ now: () => now });
  for (const username of ['ada', 'bob']) sandbox.createUser({ username });
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  await sandbox.stop();
});

async function replica(store: TokenStore, more: Partial<DfnsAuthModuleOptions> = {}, of = sandbox) {
  const context = await startWith(
    of,
    { tokens: { store, leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE }, ...more },
    () => now,
  );
  contexts.push(context);
  return context.get(DelegatedAuthService);
}

const logins = () => operations(sandbox).filter((operation) => operation === LOGIN[2]).length;
const usernameOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())['https://custom/username'];

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
      await until(async () => {
        const served = await everywhere();
        return served.size === 1 && !served.has(token as string);
      });
    }
    await until(() => store.locks.size === 0);
  });

  it('log in again when the one that does fails', async () => {
    const store = new MemoryTokenStore();
    const [first, second] = [await replica(store), await replica(store)];
    sandbox.faults.add({ on: LOGIN[2] as string, kind: 'status', status: 403 });
    const results = await Promise.allSettled([first.getToken('ada'), second.getToken('ada')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('do not wait for ever for one that has died with the lock', async () => {
    const store = new MemoryTokenStore();
    store.lock = async () => undefined;
    const service = await replica(store, { http: { deadlineMs: 900 } });
    const startedAt = performance.now();
    await service.getToken('ada');
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it('take no token over that was forgotten or refused', async () => {
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
    await until(() => [...store.rows.values()][0]?.includes(used[1] as string) === true);
    expect(await (await replica(store)).getToken('ada')).toBe(used[1]);
    await second.forget('ada');
    expect(store.rows.size).toBe(0);
  });

  it('end the session of a user whose token only the store knows', async () => {
    const store = new MemoryTokenStore();
    const token = await (await replica(store)).getToken('ada');
    await until(() => store.rows.size === 1);
    await (await replica(store)).logout('ada');
    const answer = await fetch(`${sandbox.url}/wallets`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });
});

describe('one store for several organisations', () => {
  it('never serves the token of one to the other', async () => {
    const store = new MemoryTokenStore();
    const other = await DfnsSandbox.start({ now: () => now });
    try {
      other.createUser({ username: 'ada' });
      const here = await (await replica(store, { orgId: undefined })).getToken('ada');
      const there = await (await replica(store, { orgId: undefined }, other)).getToken('ada');
      expect(there).not.toBe(here);
      expect(other.requests).toHaveLength(3);
    } finally {
      await contexts.pop()?.close();
      await other.stop();
    }
  });

  it('is refused at start when nobody knows the organisation', async () => {
    const { serviceAccount, ...options } = optionsFor(sandbox, { tokens: { store: new MemoryTokenStore() } });
    const [header, , signature] = String(serviceAccount.authToken).split('.');
    const authToken = [header, Buffer.from('{}').toString('base64url'), signature].join('.');
    const anonymous = { ...options, orgId: undefined, serviceAccount: { ...serviceAccount, authToken } };
    await expect(start(DfnsAuthModule.forRoot(anonymous))).rejects.toMatchObject({ code: 'DFNS_CONFIGURATION' });
  });
});

describe('usernames that look alike', () => {
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
    const store = new KeyvTokenStore(new Keyv(), { keys: [{ id: 'a', key: randomBytes(32) }] });
    const [first, second] = [await replica(store), await replica(store)];
    await fc.assert(
      fc.asyncProperty(names, async (usernames) => {
        for (const username of usernames) if (!sandbox.user(username)) sandbox.createUser({ username });
        const tokens = await Promise.all(usernames.map((username) => first.getToken(username)));
        expect(tokens.map(usernameOf)).toEqual(usernames);
        expect((await Promise.all(usernames.map((username) => second.getToken(username)))).map(usernameOf)).toEqual(
          usernames,
        );
      }),
      { numRuns: 25 },
    );
    const asked = operations(sandbox).length / 3;
    expect(asked).toBe(
      new Set(sandbox.requests.filter(({ path }) => path === '/auth/login/delegated').map(({ body }) => body)).size,
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
    ['gives no lock that can be given back', { lock: async () => true as never }],
    ['cannot give a lock back', { lock: async () => async () => Promise.reject(new Error('down')) }],
    ['cannot delete', { delete: async () => Promise.reject(new Error('down')) }],
  ])('%s fails no login', async (_, parts) => {
    const service = await replica(broken(parts));
    const token = await service.getToken('ada');
    await service.forget('ada');
    expect(await service.getToken('ada')).not.toBe(token);
  });

  it('hangs costs a login its time limit, a few times, and then nothing', async () => {
    const service = await replica(broken({ get: never, set: never, delete: never, lock: never }));
    expect(await timeOf(() => service.getToken('ada'))).toBeLessThan(1_500);
    for (let i = 0; i < 3; i += 1) await service.forget('ada').then(() => service.getToken('ada'));
    expect(await timeOf(() => service.getToken('bob'))).toBeLessThan(400);
    expect(logins()).toBe(5);
  });

  it('gives a lock too late gets it back', async () => {
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
    await until(() => store.rows.size === 1);
    await until(() => store.locks.size === 0);
    expect(store.rows.size).toBe(1);
  });

  const stranger = () => sandbox.issueUserToken('bob');
  it.each<[string, () => unknown]>([
    ['an empty row', () => ''],
    ['no JSON', () => '{'],
    ['null', () => 'null'],
    ['a number', () => 7],
    ['an object without a token', () => '{"askedAt":1}'],
    ['a token that is none', () => JSON.stringify({ token: 'a b', askedAt: now })],
    ['a token without a time', () => JSON.stringify({ token: stranger() })],
    ['the token of another user', () => JSON.stringify({ token: stranger(), askedAt: now })],
    ['a token that has ended', () => JSON.stringify({ token: sandbox.issueUserToken('ada'), askedAt: now - HOUR })],
  ])('lies with %s is not believed', async (_, row) => {
    const store = broken({ get: async () => row() as string });
    const service = await replica(store);
    expect(usernameOf(await service.getToken('ada'))).toBe('ada');
    expect(logins()).toBe(1);
  });

  it('claims a token to be from the future does not make it live longer', async () => {
    const token = sandbox.issueUserToken('ada');
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

  it('brings a dropped token back for ever does not get it served', async () => {
    const store = broken({ delete: async () => {}, set: async () => {} });
    const token = sandbox.issueUserToken('ada');
    const row = JSON.stringify({ token, askedAt: now });
    store.get = async () => row;
    const service = await replica(store);
    expect(await service.getToken('ada')).toBe(token);
    await service.forget('ada');
    expect(await service.getToken('ada')).not.toBe(token);
    expect(logins()).toBe(1);
  });
});
