import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { type CeremoniesOptions, type CeremonyStore, DelegatedCeremonies, KeySigner } from 'nestjs-dfns-auth';
import { operations, startWith } from './registered.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };

describe('ceremonies', () => {
  let sandbox: DfnsSandbox;
  let signer: KeySigner;
  let now = Date.now();
  const contexts: TestingModule[] = [];

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start({ now: () => now });
    const { credId, privateKey } = sandbox.createUser({ username: 'ada' });
    signer = new KeySigner({ credId: credId as string, privateKey: privateKey as string });
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });

  afterAll(() => sandbox.stop());

  async function replica(options: CeremoniesOptions): Promise<DelegatedCeremonies> {
    const context = await startWith(sandbox, { ceremonies: options }, () => now);
    contexts.push(context);
    return context.get(DelegatedCeremonies);
  }

  /** A wallet action of ada, begun on a replica, and its answer. */
  async function begun(ceremonies: DelegatedCeremonies) {
    const { ceremonyId, challenge, expiresAt } = await ceremonies.beginAction('ada', WALLET);
    const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
    return { expiresAt, answer: (on = ceremonies) => on.finishAction('ada', ceremonyId, assertion) };
  }

  /** A store whose rows everybody can look at. */
  class OpenStore implements CeremonyStore {
    readonly rows = new Map<string, string>();
    readonly ttls: number[] = [];

    async put(id: string, value: string, ttlMs: number): Promise<void> {
      this.rows.set(id, value);
      this.ttls.push(ttlMs);
    }

    async take(id: string): Promise<string | undefined> {
      const value = this.rows.get(id);
      this.rows.delete(id);
      return value;
    }
  }

  it('are as many as the bound says, the oldest going first', async () => {
    const ceremonies = await replica({ maxEntries: 2 });
    const [oldest, older, newest] = [await begun(ceremonies), await begun(ceremonies), await begun(ceremonies)];
    const before = sandbox.requests.length;
    await expect(oldest.answer()).rejects.toMatchObject({
      code: 'DFNS_CEREMONY_INVALID',
      message: 'there is no open action of this id: it was answered, has expired, or is of another user',
    });
    expect(operations(sandbox, before)).toEqual([]);
    await older.answer();
    await newest.answer();
  });

  it('do not count those that have expired', async () => {
    const ceremonies = await replica({ maxEntries: 1, lifetimeMs: 1_000 });
    await begun(ceremonies);
    now += 1_000;
    const { answer } = await begun(ceremonies);
    await answer();
  });

  it('last as long as the option says, to the millisecond', async () => {
    const ceremonies = await replica({ lifetimeMs: 60_000 });
    const [inTime, late] = [await begun(ceremonies), await begun(ceremonies)];
    expect(inTime.expiresAt).toBe(new Date(now + 60_000).toISOString());
    now += 59_999;
    await inTime.answer();
    now += 1;
    await expect(late.answer()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
  });

  it('are answered on another replica that shares the store, once', async () => {
    const store = new OpenStore();
    const [one, other] = [await replica({ store }), await replica({ store, lifetimeMs: 5_000 })];
    const { answer } = await begun(one);
    await begun(other);
    expect(store.ttls).toEqual([600_000, 5_000]);
    const results = await Promise.allSettled([answer(other), answer(one)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are over in time also where the store forgets to drop them', async () => {
    const { answer } = await begun(await replica({ store: new OpenStore() }));
    now += 600_000;
    await expect(answer()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
  });

  it('have ids that say nothing of user or ceremony to the store', async () => {
    const store = new OpenStore();
    const { ceremonyId } = await (await replica({ store })).beginAction('ada', WALLET);
    const [row] = store.rows.keys();
    expect(row).toMatch(/^[\w-]{43}$/);
    expect(row).not.toBe(ceremonyId);
  });

  it('are not to be had from a store that is down, and its words stay where they are', async () => {
    const fail = async () => Promise.reject(new RangeError('redis://user:secret@host is down'));
    const ceremonies = await replica({ store: { put: fail, take: fail } });
    const expected = { code: 'DFNS_UNAVAILABLE', message: 'the ceremony store failed (RangeError)' };
    await expect(ceremonies.beginAction('ada', WALLET)).rejects.toMatchObject(expected);
    const { answer } = await begun(await replica({}));
    await expect(answer(ceremonies)).rejects.toMatchObject(expected);
  });

  it('end at a store that never answers', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    try {
      const { answer } = await begun(await replica({}));
      const hang = () => new Promise<never>(() => {});
      const refused = expect(answer(await replica({ store: { put: hang, take: hang } }))).rejects.toMatchObject({
        code: 'DFNS_UNAVAILABLE',
        message: 'the ceremony store failed (no answer within 2000 ms)',
      });
      await jest.advanceTimersByTimeAsync(2_000);
      await refused;
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['not JSON', '{"held":{},"expiresAt":"never"}', '[]', 'null'])(
    'do not believe a store that says %s',
    async (row) => {
      const { answer } = await begun(await replica({}));
      const lying = { put: async () => {}, take: async () => row };
      const before = sandbox.requests.length;
      await expect(answer(await replica({ store: lying }))).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
      expect(operations(sandbox, before)).toEqual([]);
    },
  );

  it('of two registrations that share a store are kept apart', async () => {
    const store = new OpenStore();
    const { answer } = await begun(await replica({ store }));
    const other = await DfnsSandbox.start();
    const context = await startWith(other, { ceremonies: { store } }, () => now);
    contexts.push(context);
    await expect(answer(context.get(DelegatedCeremonies))).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
    await answer();
    await other.stop();
  });

  it.each([{ lifetimeMs: 0 }, { lifetimeMs: 1.5 }, { maxEntries: 0 }, { maxEntries: '5' as never }])(
    'do not start with %j',
    async (options) => {
      await expect(replica(options)).rejects.toMatchObject({
        code: 'DFNS_CONFIGURATION',
        message: expect.stringContaining(`ceremonies.${Object.keys(options)[0]}`),
      });
    },
  );
});
