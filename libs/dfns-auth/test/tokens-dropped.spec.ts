import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import type { TestingModule } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { DelegatedAuthService, DfnsClient, KeyvTokenStore, type TokenStore } from 'nestjs-dfns-auth';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { RedisServer } from './support/redis-server.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let now: number;

beforeEach(() => {
  now = Date.now();
});

const world = useSandboxForEachTest({ now: () => now, users: ['ada', 'bob'] });
let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A replica that keeps the token of one user only. */
function replica(store: TokenStore, clockIsAheadMs = 0): Promise<TestingModule> {
  const tokens = { store, maxEntries: 1, leewayMs: 0, refreshAheadMs: 0 };
  return world.startInstance({ tokens }, () => now + clockIsAheadMs);
}

const serviceOf = (context: TestingModule) => context.get(DelegatedAuthService);
const revoke = (token: string) =>
  fetch(`${world.sandbox.url}/auth/logout`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
const listWallets = (context: TestingModule, username = 'ada') =>
  context.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { username } });
/** Pushes the token of ada out of memory. */
const evict = (context: TestingModule) => serviceOf(context).getToken('bob');
const rowOf = (store: MemoryTokenStore, token: string) => [...store.rows].find(([, row]) => row.includes(token));

describe('a token that Dfns refused', () => {
  it.each([30, -30, 0])('by a replica whose clock is %i s ahead does not come back', async (seconds) => {
    const store = new MemoryTokenStore();
    const [here, there] = [await replica(store), await replica(store, seconds * SECOND)];
    const refused = await serviceOf(there).getToken('ada');
    await waitUntil(() => rowOf(store, refused) !== undefined);
    const [key, row] = rowOf(store, refused) as [string, string];
    expect(await serviceOf(here).getToken('ada')).toBe(refused);
    await revoke(refused);
    await listWallets(here);
    for (const waitMs of [0, 31 * SECOND, HOUR - 62 * SECOND]) {
      now += waitMs;
      await evict(here);
      // The other replica writes late.
      store.rows.set(key, row);
      expect(await serviceOf(here).getToken('ada')).not.toBe(refused);
    }
  });

  it('is removed from the store, though it is in memory no more', async () => {
    const store = new MemoryTokenStore();
    const context = await replica(store);
    const refused = await serviceOf(context).getToken('ada');
    await waitUntil(() => rowOf(store, refused) !== undefined);
    await revoke(refused);
    const reading = serviceOf(context).withToken('ada', async (userToken) => {
      await evict(context);
      world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
      return context.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { userToken } });
    });
    await expect(reading).rejects.toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN' });
    await waitUntil(() => rowOf(store, refused) === undefined);
    await listWallets(context);
  });

  it('leaves the newer token of another replica in the store', async () => {
    const store = new MemoryTokenStore();
    const [here, there] = [await replica(store), await replica(store)];
    const refused = await serviceOf(here).getToken('ada');
    await waitUntil(() => rowOf(store, refused) !== undefined);
    await serviceOf(there).forget('ada');
    const newer = await serviceOf(there).getToken('ada');
    await waitUntil(() => rowOf(store, newer) !== undefined);
    await revoke(refused);
    const before = world.sandbox.requests.length;
    await listWallets(here);
    expect(await serviceOf(here).getToken('ada')).toBe(newer);
    expect(world.sandbox.requests.slice(before).map(({ path }) => path)).toEqual(['/wallets', '/wallets']);
    expect(rowOf(store, newer)).toBeDefined();
  });

  it('is not found by a refresh either, and a refresh takes no token twice', async () => {
    const store = new MemoryTokenStore();
    const ahead = await replica(store, 30 * SECOND);
    const token = await serviceOf(ahead).getToken('ada');
    await waitUntil(() => rowOf(store, token) !== undefined);
    const tokens = { store, leewayMs: 0, refreshAheadMs: 15 * 60 * SECOND };
    const context = await world.startInstance({ tokens }, () => now);
    await serviceOf(context).getToken('ada');
    now += HOUR - 10 * 60 * SECOND;
    await waitUntil(async () => (await serviceOf(context).getToken('ada')) !== token);
  });
});

describe('a token that was forgotten', () => {
  it('does not come back from a store that keeps it, whatever the clock says', async () => {
    const store = new MemoryTokenStore();
    const context = await replica(store);
    const forgotten = await serviceOf(context).getToken('ada');
    await waitUntil(() => rowOf(store, forgotten) !== undefined);
    store.delete = () => Promise.reject(new Error('read only'));
    store.set = () => Promise.reject(new Error('read only'));
    await evict(context);
    await serviceOf(context).forget('ada');
    for (const leapMs of [0, -HOUR, 2 * HOUR, -HOUR]) {
      now += leapMs;
      await evict(context);
      expect(await serviceOf(context).getToken('ada')).not.toBe(forgotten);
    }
  });

  it('is known even if the store could not be read', async () => {
    const store = new MemoryTokenStore();
    const [here, there] = [await replica(store), await replica(store)];
    const forgotten = await serviceOf(there).getToken('ada');
    await waitUntil(() => rowOf(store, forgotten) !== undefined);
    const { get, delete: remove } = store;
    store.get = () => Promise.reject(new Error('down'));
    store.delete = () => Promise.reject(new Error('down'));
    await serviceOf(here).forget('ada');
    Object.assign(store, { get, delete: remove });
    expect(await serviceOf(here).getToken('ada')).not.toBe(forgotten);
  });

  it('leaves the store when it was being written', async () => {
    const store = new MemoryTokenStore();
    const context = await replica(store);
    const set = store.set.bind(store);
    let write = () => {};
    store.set = (key, value) =>
      new Promise((resolve) => {
        write = () => resolve(set(key, value));
      });
    const forgotten = await serviceOf(context).getToken('ada');
    await serviceOf(context).forget('ada');
    write();
    await waitUntil(() => store.locks.size === 0 && rowOf(store, forgotten) === undefined);
  });

  it('is not taken by a login that began while the store was asked', async () => {
    const store = new MemoryTokenStore();
    const [here, there] = [await replica(store), await replica(store)];
    const forgotten = await serviceOf(there).getToken('ada');
    await waitUntil(() => rowOf(store, forgotten) !== undefined);
    await Promise.all([serviceOf(here).forget('ada'), serviceOf(here).getToken('ada')]);
    expect(await serviceOf(here).getToken('ada')).not.toBe(forgotten);
  });

  it('is not kept by a login that found it before the store told what was forgotten', async () => {
    const store = new MemoryTokenStore();
    const [here, there] = [await replica(store), await replica(store)];
    const forgotten = await serviceOf(there).getToken('ada');
    await waitUntil(() => rowOf(store, forgotten) !== undefined);
    const get = store.get.bind(store);
    let tell = () => {};
    store.get = (key) => {
      store.get = get;
      const row = get(key);
      return new Promise((resolve) => {
        tell = () => resolve(row);
      });
    };
    const forgetting = serviceOf(here).forget('ada');
    await serviceOf(here).getToken('ada');
    tell();
    await forgetting;
    expect(await serviceOf(here).getToken('ada')).not.toBe(forgotten);
  });
});

const itWithRedis = RedisServer.isInstalled ? it : it.skip;

itWithRedis('a refused token stays away when another replica writes it to Redis again', async () => {
  const redis = await RedisServer.start();
  closing.push(() => redis.kill());
  const sealing = { keys: [{ id: 'test', key: randomBytes(32) }] };
  const open = () => {
    const keyv = new Keyv(new KeyvRedis(redis.url));
    closing.push(() => keyv.disconnect());
    return keyv;
  };
  const [here, there] = [
    await replica(new KeyvTokenStore(open(), sealing)),
    await replica(new KeyvTokenStore(open(), sealing), 30 * SECOND),
  ];
  const client = (await (open().store as KeyvRedis<string>).getClient()) as unknown as {
    keys(pattern: string): Promise<string[]>;
    get(key: string): Promise<string | null>;
    set(key: string, value: string): Promise<unknown>;
  };
  const rows = async () => (await client.keys('*')).filter((key) => !key.includes(':lock:'));
  const refused = await serviceOf(there).getToken('ada');
  await waitUntil(async () => (await rows()).length === 1);
  const [key] = (await rows()) as [string];
  const row = (await client.get(key)) as string;
  expect(await serviceOf(here).getToken('ada')).toBe(refused);
  await revoke(refused);
  world.sandbox.faults.add({ on: 'POST /auth/login/delegated', kind: 'status', status: 403 });
  await expect(listWallets(here)).rejects.toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN' });
  await waitUntil(async () => (await client.get(key)) === null);
  await client.set(key, row);
  expect(await serviceOf(here).getToken('ada')).not.toBe(refused);
  await waitUntil(async () => (await client.get(key)) !== row);
});
