// The store in memory is not public; its bound is tested here.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { type DfnsWebhookEvent, KeyvWebhookStore, type WebhookStore } from 'nestjs-dfns-auth';
import { MemoryWebhookStore } from '../src/webhooks/webhook-stores.js';
import { optionsFor } from './support/library-instance.js';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { RedisServer } from './support/redis-server.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';
import { WebhookApplication } from './support/webhook-application.js';
import { deliver, SECRET, signedDelivery, transferEvent } from './support/webhook-deliveries.js';

const MINUTE = 60_000;
const world = useSandbox();
const now = Date.now();
let lines: string[] = [];
const replicas: WebhookApplication[] = [];

afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.close();
  lines = [];
});

/** Starts a replica. Returns a function that sends an event to it, and resolves to the status of the answer. */
async function startReplica(
  store: WebhookStore | undefined,
  handle: (event: DfnsWebhookEvent) => unknown,
  clock = () => now,
) {
  const replica = await WebhookApplication.start({
    options: optionsFor(world.sandbox, { webhooks: { secrets: SECRET, ...(store && { store }) } }),
    handle,
    now: clock,
    log: (line) => lines.push(line),
  });
  replicas.push(replica);
  return async (event: object) => (await deliver(`${replica.url}/hook`, signedDelivery(event))).status;
}

/** A handler that waits until the test lets it go on. */
class Gate {
  readonly waiting: { open(): void; fail(): void }[] = [];
  readonly pass = () =>
    new Promise<void>((resolve, reject) => {
      this.waiting.push({ open: resolve, fail: () => reject(new Error('no')) });
    });
}

describe.each<[string, () => WebhookStore]>([
  ['a Keyv', () => new KeyvWebhookStore(new Keyv())],
  ['a store of the application', () => new MemoryTokenStore()],
])('replicas with %s', (_, open) => {
  it('handle an event once, also if their clocks differ', async () => {
    const store = open();
    const handled: string[] = [];
    const one = await startReplica(store, () => handled.push('one'));
    const other = await startReplica(
      store,
      () => handled.push('other'),
      () => now + 4 * MINUTE,
    );
    const event = transferEvent(now);
    const statuses = [
      await one(event),
      await other(event),
      await one(transferEvent(now)),
      await other(transferEvent(now)),
    ];
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(handled).toEqual(['one']);
  });

  it('handle an event on another replica after the first one failed', async () => {
    const store = open();
    const handled: string[] = [];
    const one = await startReplica(store, () => Promise.reject(new Error('no')));
    const other = await startReplica(store, () => handled.push('other'));
    expect([await one(transferEvent(now)), await other(transferEvent(now)), await one(transferEvent(now))]).toEqual([
      500, 200, 200,
    ]);
    expect(handled).toEqual(['other']);
  });

  it('without a common store handle an event each', async () => {
    const handled: string[] = [];
    const one = await startReplica(open(), () => handled.push('one'));
    const other = await startReplica(open(), () => handled.push('other'));
    await one(transferEvent(now));
    await other(transferEvent(now));
    expect(handled).toEqual(['one', 'other']);
  });
});

/** Behaviour that needs locks. */
function handlesOnceAtTheSameMoment(open: () => WebhookStore): void {
  it('handle an event once, if they get it at the same moment', async () => {
    const gate = new Gate();
    const replicasOfTest = [await startReplica(open(), gate.pass), await startReplica(open(), gate.pass)];
    const event = transferEvent(now);
    const statuses = Promise.all(replicasOfTest.flatMap((send) => [send(event), send(transferEvent(now))]));
    await waitUntil(() => gate.waiting.length > 0);
    gate.waiting[0]?.open();
    expect(await statuses).toEqual([200, 200, 200, 200]);
    expect(gate.waiting).toHaveLength(1);
  });

  it('handle it on another replica, if the first one fails', async () => {
    const gate = new Gate();
    const replicasOfTest = [await startReplica(open(), gate.pass), await startReplica(open(), gate.pass)];
    const statuses = Promise.all(replicasOfTest.map((send) => send(transferEvent(now))));
    await waitUntil(() => gate.waiting.length === 1);
    gate.waiting[0]?.fail();
    await waitUntil(() => gate.waiting.length === 2);
    gate.waiting[1]?.open();
    expect((await statuses).sort()).toEqual([200, 500]);
  });
}

describe('replicas with a store that has locks', () => {
  let store: MemoryTokenStore;
  beforeEach(() => {
    store = new MemoryTokenStore();
  });

  handlesOnceAtTheSameMoment(() => store);

  it('release the lock after success and after failure', async () => {
    const send = await startReplica(store, (event) => {
      if (event.kind === 'wallet.transfer.failed') throw new Error('no');
    });
    await send(transferEvent(now));
    await send(transferEvent(now, { kind: 'wallet.transfer.failed' }));
    expect(store.locks.size).toBe(0);
    expect([...store.rows.values()]).toEqual(['handled']);
    expect([...store.rows.keys()]).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  });
});

const describeWithRedis = RedisServer.isInstalled ? describe : describe.skip;

describeWithRedis('replicas with one Redis', () => {
  let redis: RedisServer;
  let open: Keyv[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  afterEach(async () => {
    await (await client()).sendCommand(['FLUSHALL']);
    for (const keyv of open) await keyv.disconnect();
    open = [];
  });

  const keyv = () => {
    const opened = new Keyv(new KeyvRedis(redis.url));
    open.push(opened);
    return opened;
  };
  const client = async () =>
    (await (keyv().store as KeyvRedis<string>).getClient()) as unknown as {
      sendCommand<T>(words: string[]): Promise<T>;
    };

  handlesOnceAtTheSameMoment(() => new KeyvWebhookStore(keyv()));

  it('hold a lock that ends before the first retry, in case the process ends', async () => {
    const gate = new Gate();
    const send = await startReplica(new KeyvWebhookStore(keyv()), gate.pass);
    const status = send(transferEvent(now));
    await waitUntil(() => gate.waiting.length === 1);
    const commands = await client();
    const [lock, ...others] = await commands.sendCommand<string[]>(['KEYS', '*']);
    const ttlMs = await commands.sendCommand<number>(['PTTL', String(lock)]);
    expect(others).toEqual([]);
    expect(ttlMs).toBeGreaterThan(40_000);
    expect(ttlMs).toBeLessThanOrEqual(50_000);
    gate.waiting[0]?.open();
    expect(await status).toBe(200);
    const [row] = await commands.sendCommand<string[]>(['KEYS', '*']);
    expect(row).toMatch(/dfns-webhook:[\w-]{43}$/);
    expect(await commands.sendCommand<number>(['PTTL', String(row)])).toBeGreaterThan(24 * 60 * MINUTE);
  });
});

describe('a store that fails', () => {
  const fails = async () => Promise.reject(new TypeError('secret-host'));
  const works: WebhookStore = { get: async () => undefined, set: async () => {} };

  it.each<[string, Partial<WebhookStore>]>([
    ['a read', { get: fails }],
    ['a lock', { lock: fails }],
    ['a read, which hangs', { get: () => new Promise(() => {}) }],
  ])('at %s: 503, and the handler is not called', async (_, failing) => {
    let calls = 0;
    const send = await startReplica({ ...works, ...failing }, () => calls++);
    expect(await send(transferEvent(now))).toBe(503);
    expect(calls).toBe(0);
    expect(lines.join()).toContain('check webhooks.store');
    expect(lines.join()).not.toContain('secret-host');
  });

  it.each<[string, WebhookStore['set']]>([
    ['throws', fails],
    ['keeps nothing', (key, value, ttlMs) => new KeyvWebhookStore(readOnly).set(key, value, ttlMs)],
  ])('after the handler succeeded, and %s: 200, and a warning', async (_, set) => {
    const send = await startReplica({ ...works, set }, () => {});
    expect(await send(transferEvent(now))).toBe(200);
    expect(lines.join()).toContain('A duplicate would be handled again');
    expect(lines.join()).not.toContain('secret-host');
  });

  const readOnly = { get: async () => undefined, set: async () => false, delete: async () => false };

  it('works again later', async () => {
    let isDown = true;
    const get = async () => (isDown ? fails() : undefined);
    const send = await startReplica({ ...works, get }, () => {});
    expect(await send(transferEvent(now))).toBe(503);
    isDown = false;
    expect(await send(transferEvent(now))).toBe(200);
  });
});

describe('the store in memory', () => {
  it('forgets the oldest row if it is full, and rows whose time has passed', async () => {
    let time = 0;
    const store = new MemoryWebhookStore(2, () => time);
    const rows = () => Promise.all(['a', 'b', 'c'].map((key) => store.get(key)));
    await store.set('a', '1', 10);
    await store.set('b', '2', 10);
    await store.set('a', '3', 10);
    expect(await rows()).toEqual(['3', '2', undefined]);
    await store.set('c', '4', 20);
    expect(await rows()).toEqual(['3', undefined, '4']);
    time = 10;
    expect(await rows()).toEqual([undefined, undefined, '4']);
  });
});
