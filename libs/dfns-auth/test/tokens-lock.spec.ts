import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { type CallOptions, DelegatedAuthService, DfnsClient, type TokenStore } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { MemoryTokenStore } from './support/memory-token-store.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

const world = useSandboxForEachTest({ users: ['ada', 'bob'] });

/** A store whose lock belongs to a replica that died. It records when the lock was asked for. */
class DeadlockedStore extends MemoryTokenStore {
  readonly askedAt: number[] = [];
  isFree = false;

  override async lock(key: string) {
    this.askedAt.push(performance.now());
    return this.isFree ? super.lock(key) : undefined;
  }

  /** Milliseconds between the first and the last time that the lock was asked for. */
  get waitedMs(): number {
    return (this.askedAt.at(-1) as number) - (this.askedAt[0] as number);
  }
}

let store: DeadlockedStore;
let instance: TestingModule;

beforeEach(() => {
  store = new DeadlockedStore();
});

async function start(tokenStore: TokenStore = store, deadlineMs = 15_000): Promise<DelegatedAuthService> {
  instance = await world.startInstance({ tokens: { store: tokenStore }, http: { deadlineMs } });
  return instance.get(DelegatedAuthService);
}

describe('a lock that nobody releases', () => {
  it.each<[string, number, CallOptions]>([
    ['of the module', 12_000, {}],
    ['of the call', 60_000, { deadlineMs: 12_000 }],
  ])('costs at most a tenth of the deadline %s', async (_, deadlineMs, options) => {
    const service = await start(store, deadlineMs);
    await service.getToken('ada', options);
    expect(store.askedAt.length).toBeGreaterThan(3);
    expect(store.waitedMs).toBeLessThan(1_200);
    expect(world.operations()).toEqual(LOGIN);
  });

  it('costs at most a tenth of the time that is left of a call', async () => {
    await start(store, 12_000);
    await instance.get(DfnsClient).request({ method: 'GET', path: '/wallets', caller: { username: 'ada' } });
    expect(store.waitedMs).toBeLessThan(1_200);
    expect(world.operations()).toEqual([...LOGIN, 'GET /wallets']);
  });

  it('costs the most impatient of several calls a tenth of its deadline', async () => {
    const service = await start(store, 60_000);
    const patient = service.getToken('ada');
    await waitUntil(() => store.askedAt.length > 1);
    const impatientSince = performance.now();
    const token = await service.getToken('ada', { deadlineMs: 2_000 });
    expect((store.askedAt.at(-1) as number) - impatientSince).toBeLessThan(200);
    expect(await patient).toBe(token);
    expect(world.operations()).toEqual(LOGIN);
  });

  it('is not waited for after the instance was closed', async () => {
    const service = await start(store, 60_000);
    const waiting = failureOf(service.getToken('ada'));
    await waitUntil(() => store.askedAt.length > 1);
    const closing = instance.close();
    expect(await waiting).toMatchObject({ code: 'DFNS_ABORTED' });
    await closing;
    expect(world.operations()).toEqual([]);
  });
});

describe('a lock of a replica that lives', () => {
  it('is waited for longer, also if its login takes several tenths of the deadline', async () => {
    const shared = new MemoryTokenStore();
    const [here, there] = [await start(shared), await start(shared)];
    world.sandbox.faults.add({ on: LOGIN[2] as string, kind: 'slow', bytesPerSecond: 500 });
    const slow = here.getToken('ada');
    await waitUntil(() => shared.locks.size === 1);
    // A fourth of a second without a sign of life is not waited for by a caller with this deadline.
    const startedAt = performance.now();
    expect(await there.getToken('ada', { deadlineMs: 6_000 })).toBe(await slow);
    expect(performance.now() - startedAt).toBeGreaterThan(600);
    expect(world.operations()).toEqual(LOGIN);
    // The signs of life leave the store with the lock.
    await waitUntil(() => shared.locks.size === 0 && shared.rows.size === 1);
  });

  it('is waited for at most a third of the deadline', async () => {
    store.set = async (key, value) => void store.rows.set(key, value);
    const service = await start();
    let signs = 0;
    const get = store.get.bind(store);
    store.get = async (key) => {
      signs += 1;
      return key.includes('sign of life') ? String(signs) : get(key);
    };
    await service.getToken('ada', { deadlineMs: 1_500 });
    expect(store.waitedMs).toBeGreaterThan(300);
    expect(store.waitedMs).toBeLessThan(600);
    expect(world.operations()).toEqual(LOGIN);
  });
});

describe('a call that its signal ends', () => {
  const WRITE = { method: 'POST', path: '/wallets', body: { network: 'EthereumSepolia' } } as const;
  const CALLS: [string, (options: CallOptions) => Promise<unknown>][] = [
    ['getToken', (options) => instance.get(DelegatedAuthService).getToken('ada', options)],
    ['withToken', (options) => instance.get(DelegatedAuthService).withToken('ada', async () => {}, options)],
    [
      'a write',
      (options) =>
        instance.get(DfnsClient).request({ ...WRITE, caller: { username: 'ada' }, userAction: 'x' }, options),
    ],
  ];

  /** Ends the call while it waits, lets the store go on, and returns what arrived at Dfns. */
  async function arrives(
    call: (options: CallOptions) => Promise<unknown>,
    waits: () => boolean,
    release: () => void,
  ): Promise<string[]> {
    const controller = new AbortController();
    const ended = failureOf(call({ signal: controller.signal }));
    await waitUntil(waits);
    controller.abort();
    expect(await ended).toMatchObject({ code: 'DFNS_ABORTED', mayHaveHappened: false });
    release();
    // Whatever was held back would go before these logins, or beside them.
    const service = instance.get(DelegatedAuthService);
    await service.login({ username: 'bob' });
    await service.login({ username: 'bob' });
    return world.operations().slice(2 * LOGIN.length);
  }

  it.each(CALLS)('while it waits for the store sends nothing: %s', async (_, call) => {
    const held = deferred();
    let isAsked = false;
    const get = store.get.bind(store);
    store.get = async (key) => {
      isAsked = true;
      await held.promise;
      return get(key);
    };
    store.isFree = true;
    await start();
    expect(await arrives(call, () => isAsked, held.resolve)).toEqual([]);
    expect(store.locks.size).toBe(0);
  });

  it.each(CALLS)('while another replica has the lock sends nothing: %s', async (_, call) => {
    await start();
    const release = () => {
      store.isFree = true;
    };
    expect(await arrives(call, () => store.askedAt.length > 1, release)).toEqual([]);
    expect(store.locks.size).toBe(0);
  });

  it.each(CALLS)('while the store is asked for the lock sends nothing, and releases it: %s', async (_, call) => {
    const held = deferred();
    let isAsked = false;
    const lock = store.lock.bind(store);
    store.lock = async (key) => {
      isAsked = true;
      await held.promise;
      return lock(key);
    };
    store.isFree = true;
    await start();
    expect(await arrives(call, () => isAsked, held.resolve)).toEqual([]);
    await waitUntil(() => store.locks.size === 0);
  });

  it('leaves the login to the others that wait, and to those that come at the same moment', async () => {
    const service = await start();
    const controller = new AbortController();
    const leaving = failureOf(service.getToken('ada', { signal: controller.signal }));
    const staying = service.getToken('ada');
    await waitUntil(() => store.askedAt.length > 1);
    controller.abort();
    expect(await leaving).toMatchObject({ code: 'DFNS_ABORTED' });
    store.isFree = true;
    const token = await staying;
    expect(await service.getToken('ada')).toBe(token);

    await service.forget('ada');
    store.isFree = false;
    const second = new AbortController();
    const alone = failureOf(service.getToken('ada', { signal: second.signal }));
    const asked = store.askedAt.length;
    await waitUntil(() => store.askedAt.length > asked);
    second.abort();
    // The login of the call that left is over, but nobody has noticed yet.
    await alone;
    store.isFree = true;
    expect(await service.getToken('ada')).not.toBe(token);
    expect(world.operations()).toEqual([...LOGIN, ...LOGIN]);
  });

  it('when its login has begun leaves the token for later calls', async () => {
    store.isFree = true;
    const service = await start();
    world.sandbox.faults.add({ on: LOGIN[0] as string, kind: 'slow', bytesPerSecond: 4_000 });
    const controller = new AbortController();
    const ended = failureOf(service.getToken('ada', { signal: controller.signal }));
    await waitUntil(() => world.sandbox.requests.length === 1);
    controller.abort();
    expect(await ended).toMatchObject({ code: 'DFNS_ABORTED' });
    await service.getToken('ada');
    expect(world.operations()).toEqual(LOGIN);
  });
});

describe('a call that its deadline ends', () => {
  it('sends nothing later, although its login goes on', async () => {
    await start();
    world.sandbox.faults.add({ on: LOGIN[2] as string, kind: 'slow', bytesPerSecond: 2_000 });
    const reading = instance
      .get(DfnsClient)
      .request({ method: 'GET', path: '/wallets', caller: { username: 'ada' } }, { deadlineMs: 150 });
    expect(await failureOf(reading)).toMatchObject({ code: 'DFNS_TIMEOUT', mayHaveHappened: false });
    await instance.get(DelegatedAuthService).getToken('ada');
    expect(world.operations()).toEqual(LOGIN);
  });

  it('before it begins sends nothing, and does not ask the store', async () => {
    const service = await start();
    expect(await failureOf(service.getToken('ada', { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'DFNS_ABORTED',
    });
    expect(store.askedAt).toEqual([]);
    expect(world.operations()).toEqual([]);
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
