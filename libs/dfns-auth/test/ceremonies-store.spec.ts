import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type CeremoniesOptions,
  type CeremonyOwner,
  type CeremonyStore,
  DelegatedCeremonies,
  KeySigner,
} from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };

describe('ceremonies', () => {
  let now = Date.now();
  const world = useSandbox({ now: () => now });
  const otherOrganisation = useSandbox({ now: () => now });
  let signer: KeySigner;

  beforeAll(() => {
    const { credId, privateKey } = world.sandbox.createUser({ username: 'ada' });
    signer = new KeySigner({ credId: credId as string, privateKey: privateKey as string });
  });

  async function replica(options: CeremoniesOptions): Promise<DelegatedCeremonies> {
    const context = await world.startInstance({ ceremonies: options });
    return context.get(DelegatedCeremonies);
  }

  /** Begins a wallet action of ada on a replica. Returns a function that finishes it. */
  async function begun(ceremonies: DelegatedCeremonies) {
    const { ceremonyId, challenge, expiresAt } = await ceremonies.beginAction('ada', WALLET);
    const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
    return { expiresAt, answer: (on = ceremonies) => on.finishAction('ada', ceremonyId, assertion) };
  }

  /** A store that shows its rows to the test. */
  class OpenStore implements CeremonyStore {
    readonly rows = new Map<string, string>();
    readonly ttls: number[] = [];
    readonly owners: (CeremonyOwner | undefined)[] = [];

    async put(id: string, value: string, ttlMs: number, owner?: CeremonyOwner): Promise<void> {
      this.rows.set(id, value);
      this.ttls.push(ttlMs);
      this.owners.push(owner);
    }

    async take(id: string): Promise<string | undefined> {
      const value = this.rows.get(id);
      this.rows.delete(id);
      return value;
    }
  }

  it('lose the oldest one when there are more than maxEntries', async () => {
    const ceremonies = await replica({ maxEntries: 2 });
    const [oldest, older, newest] = [await begun(ceremonies), await begun(ceremonies), await begun(ceremonies)];
    const before = world.sandbox.requests.length;
    await expect(oldest.answer()).rejects.toMatchObject({
      code: 'DFNS_CEREMONY_INVALID',
      message: 'there is no open action of this id: it was answered, has expired, or is of another user',
    });
    expect(world.operations(before)).toEqual([]);
    await older.answer();
    await newest.answer();
  });

  it('do not count the expired ones', async () => {
    const ceremonies = await replica({ maxEntries: 1, lifetimeMs: 1_000 });
    await begun(ceremonies);
    now += 1_000;
    const { answer } = await begun(ceremonies);
    await answer();
  });

  it('live for lifetimeMs, to the millisecond', async () => {
    const ceremonies = await replica({ lifetimeMs: 60_000 });
    const [inTime, late] = [await begun(ceremonies), await begun(ceremonies)];
    expect(inTime.expiresAt).toBe(new Date(now + 60_000).toISOString());
    now += 59_999;
    await inTime.answer();
    now += 1;
    await expect(late.answer()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
  });

  it('can be finished once, also on another replica that shares the store', async () => {
    const store = new OpenStore();
    const [one, other] = [await replica({ store }), await replica({ store, lifetimeMs: 5_000 })];
    const { answer } = await begun(one);
    await begun(other);
    expect(store.ttls).toEqual([600_000, 5_000]);
    const results = await Promise.allSettled([answer(other), answer(one)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('expire also if the store does not drop them', async () => {
    const { answer } = await begun(await replica({ store: new OpenStore() }));
    now += 600_000;
    await expect(answer()).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
  });

  it('have ids in the store that do not name the user or the ceremony', async () => {
    const store = new OpenStore();
    const { ceremonyId } = await (await replica({ store })).beginAction('ada', WALLET);
    const [row] = store.rows.keys();
    expect(row).toMatch(/^[\w-]{43}$/);
    expect(row).not.toBe(ceremonyId);
  });

  it('tell the store whose row it is: registrations are apart, and each user is', async () => {
    const store = new OpenStore();
    const ceremonies = await replica({ store });
    world.sandbox.createUser({ username: 'bob' });
    await ceremonies.beginAction('ada', WALLET);
    await ceremonies.beginCredential('ada', 'Key');
    await ceremonies.beginAction('bob', WALLET);
    expect(await failureOf(ceremonies.beginRegistration('ada'))).toMatchObject({ code: 'DFNS_USER_EXISTS' });
    const [action, credential, ofBob, registration] = store.owners;
    expect(action).toEqual({ id: expect.stringMatching(/^[\w-]{43}$/), maxRows: 20 });
    expect(credential).toEqual(action);
    expect(registration?.maxRows).toBe(20);
    expect(new Set([action?.id, ofBob?.id, registration?.id]).size).toBe(3);
  });

  it('that register a user keep the row of the ceremony and one row of the user, each with its lifetime', async () => {
    const store = new OpenStore();
    await (await replica({ store })).beginRegistration('newcomer');
    const [reserved, unfinished, opened, ...more] = store.owners;
    expect([reserved, unfinished, more]).toEqual([opened, undefined, []]);
    expect(opened).toBeDefined();
    expect(store.ttls).toEqual([600_000, 600_000, 600_000]);
    expect(store.rows.size).toBe(2);
  });

  it('fail when the store is down, and the error repeats no text of the store', async () => {
    const fail = async () => Promise.reject(new RangeError('redis://user:secret@host is down'));
    const ceremonies = await replica({ store: { put: fail, take: fail } });
    const expected = {
      code: 'DFNS_UNAVAILABLE',
      message: 'the ceremony store failed (RangeError): check ceremonies.store',
    };
    await expect(ceremonies.beginAction('ada', WALLET)).rejects.toMatchObject(expected);
    const { answer } = await begun(await replica({}));
    await expect(answer(ceremonies)).rejects.toMatchObject(expected);
  });

  it('fail when the store does not answer in time', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    try {
      const { answer } = await begun(await replica({}));
      const hang = () => new Promise<never>(() => {});
      const refused = expect(answer(await replica({ store: { put: hang, take: hang } }))).rejects.toMatchObject({
        code: 'DFNS_UNAVAILABLE',
        message: 'the ceremony store failed (no answer within 2000 ms): check ceremonies.store',
      });
      await jest.advanceTimersByTimeAsync(2_000);
      await refused;
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['not JSON', '{"held":{},"expiresAt":"never"}', '[]', 'null'])(
    'are refused when the store returns the row %s',
    async (row) => {
      const { answer } = await begun(await replica({}));
      const lying = { put: async () => {}, take: async () => row };
      const before = world.sandbox.requests.length;
      await expect(answer(await replica({ store: lying }))).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
      expect(world.operations(before)).toEqual([]);
    },
  );

  it('of two instances that share a store are separate', async () => {
    const store = new OpenStore();
    const { answer } = await begun(await replica({ store }));
    const context = await otherOrganisation.startInstance({ ceremonies: { store } });
    await expect(answer(context.get(DelegatedCeremonies))).rejects.toMatchObject({ code: 'DFNS_CEREMONY_INVALID' });
    await answer();
  });

  it.each([{ lifetimeMs: 0 }, { lifetimeMs: 1.5 }, { maxEntries: 0 }, { maxEntries: '5' as never }])(
    'make the start fail with the options %j',
    async (options) => {
      await expect(replica(options)).rejects.toMatchObject({
        code: 'DFNS_CONFIGURATION',
        message: expect.stringContaining(`ceremonies.${Object.keys(options)[0]}`),
      });
    },
  );
});
