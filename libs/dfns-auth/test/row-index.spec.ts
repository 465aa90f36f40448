// A unit of its own: which rows are open shows elsewhere only after many ceremonies.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { type RowIndex, rowIndexOf } from '../src/ceremonies/row-index.js';
import type { KeyvLike } from '../src/sealing/sealed-keyv.js';
import { RedisServer, redis } from './support/redis-server.js';

const ADA = { id: 'ada', maxRows: 2 };
const DAY_MS = 86_400_000;

/** Adds rows one after another. Returns all that were too many. */
async function addedTo(index: RowIndex, ...ids: string[]): Promise<string[]> {
  const tooMany = [];
  for (const id of ids) tooMany.push(...(await index.add(ADA, id)));
  return tooMany;
}

function itKeepsAnIndex(indexOf: () => RowIndex) {
  it('returns the oldest rows when there are too many', async () => {
    const index = indexOf();
    expect(await addedTo(index, 'a', 'b')).toEqual([]);
    expect(await addedTo(index, 'c', 'd')).toEqual(['a', 'b']);
    expect(await index.add({ ...ADA, maxRows: 1 }, 'e')).toEqual(['c', 'd']);
  });

  it('counts a row once, and as the newest when it is added again', async () => {
    expect(await addedTo(indexOf(), 'a', 'b', 'a', 'c')).toEqual(['b']);
  });

  it('does not count a row that was removed, and no row of others', async () => {
    const index = indexOf();
    await addedTo(index, 'a', 'b');
    await index.remove(ADA, 'a');
    await index.remove(ADA, 'unknown');
    await index.add({ id: 'bob', maxRows: 2 }, 'of bob');
    expect(await addedTo(index, 'c', 'd')).toEqual(['b']);
  });
}

describe('the open rows in a Keyv', () => {
  itKeepsAnIndex(() => rowIndexOf(new Keyv()));

  it('are a row that lives for a day, and that goes with its last row', async () => {
    const rows = new Map<string, unknown[]>();
    const index = rowIndexOf({
      get: async (key) => rows.get(key)?.[0],
      set: async (key, ...row) => rows.set(key, row) !== undefined,
      delete: async (key) => rows.delete(key),
    });
    await addedTo(index, 'a', 'b');
    expect([...rows.values()]).toEqual([['a b', DAY_MS]]);
    await index.remove(ADA, 'a');
    expect([...rows.values()]).toEqual([['b', DAY_MS]]);
    await index.remove(ADA, 'b');
    expect([...rows.keys()]).toEqual([]);
  });

  it('are changed one after another, also by whoever comes later', async () => {
    /** Each read waits until the test lets it go on. */
    const reads: (() => void)[] = [];
    const rows = new Map<string, string>();
    const slow: KeyvLike = {
      get: (key) => new Promise((resolve) => reads.push(() => resolve(rows.get(key)))),
      set: async (key, value) => rows.set(key, value) !== undefined,
      delete: async (key) => rows.delete(key),
    };
    const index = rowIndexOf(slow);
    const settle = () => new Promise(setImmediate);
    const changes = [index.add(ADA, 'a'), index.add(ADA, 'b')];
    await settle();
    expect(reads).toHaveLength(1);
    reads.shift()?.();
    await settle();
    changes.push(index.add(ADA, 'c'));
    await settle();
    expect(reads).toHaveLength(1);
    while (reads.length > 0) {
      reads.shift()?.();
      await settle();
    }
    expect(await Promise.all(changes)).toEqual([[], [], ['a']]);
  });

  it('can be changed after a failure, which its caller hears', async () => {
    const keyv = new Keyv();
    let isDown = true;
    const index = rowIndexOf({
      get: async (key) => (isDown ? Promise.reject(new RangeError('down')) : keyv.get(key)),
      set: (key, value, ttlMs) => keyv.set(key, value, ttlMs),
      delete: (key) => keyv.delete(key),
    });
    await expect(index.add(ADA, 'a')).rejects.toThrow('down');
    isDown = false;
    expect(await addedTo(index, 'b', 'c', 'd')).toEqual(['b']);
  });
});

(RedisServer.isInstalled ? describe : describe.skip)('the open rows in Redis', () => {
  let server: RedisServer;
  let adapter: KeyvRedis<string>;
  let namespaces = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new KeyvRedis(server.url);
  });
  afterAll(async () => {
    await adapter.disconnect(true);
    await server.kill();
  });

  /** An index of its own for each test. */
  const indexOf = (store: KeyvRedis<string>) => {
    namespaces += 1;
    store.namespace = `test-${namespaces}`;
    return rowIndexOf({ ...new Keyv(), store } as unknown as KeyvLike);
  };

  itKeepsAnIndex(() => indexOf(adapter));

  it('are a row that lives for a day, and that goes with its last row', async () => {
    const index = indexOf(adapter);
    const key = `${adapter.namespace}:open:ada`;
    await addedTo(index, 'a', 'b');
    expect((await redis(server, 'GET', key)).trim()).toBe('a b');
    const lifeMs = Number(await redis(server, 'PTTL', key));
    expect(lifeMs).toBeLessThanOrEqual(DAY_MS);
    expect(lifeMs).toBeGreaterThan(DAY_MS - 60_000);
    await index.remove(ADA, 'a');
    await index.remove(ADA, 'b');
    expect((await redis(server, 'EXISTS', key)).trim()).toBe('0');
  });

  it('work without a namespace', async () => {
    const index = indexOf(adapter);
    adapter.namespace = undefined;
    await addedTo(index, 'a');
    expect((await redis(server, 'GET', ':open:ada')).trim()).toBe('a');
  });
});
