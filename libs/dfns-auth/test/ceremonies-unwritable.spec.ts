import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type CeremonyStore, DelegatedCeremonies, KeyvCeremonyStore } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { credentialsOf, newPerson } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const sealing = { keys: [{ id: 'test', key: randomBytes(32) }] };
const nothing = async () => undefined;
const never = () => new Promise<never>(() => {});
const broken = async () => Promise.reject(new Error('READONLY redis://user:secret@host'));

const refusing = { get: nothing, set: async () => false, delete: async () => true };
const hiding = { get: nothing, set: async () => true, delete: async () => true };

const STORES: [string, CeremonyStore, string][] = [
  ['says that it kept nothing', { put: async () => false, take: nothing }, 'it did not keep a row'],
  ['is a Keyv that kept nothing', new KeyvCeremonyStore(refusing, sealing), 'check that it accepts writes'],
  ['is a Keyv that hides failed writes', new KeyvCeremonyStore(hiding, sealing), 'check that it accepts writes'],
  ['throws', { put: broken, take: nothing }, 'check ceremonies.store'],
];

const world = useSandbox({ restart: true });

describe('a registration', () => {
  const start = async (store: CeremonyStore) =>
    (await world.startInstance({ ceremonies: { store } })).get(DelegatedCeremonies);

  it.each(STORES)('changes nothing at Dfns when the store %s', async (_, store, hint) => {
    const ceremonies = await start(store);
    const before = world.sandbox.requests.length;
    const error = await failureOf(ceremonies.beginRegistration('ada'));
    expect(error).toMatchObject({ code: 'DFNS_UNAVAILABLE', mayHaveHappened: false });
    expect(error?.message).toContain(hint);
    expect(error?.message).not.toContain('secret');
    expect(world.operations(before)).toEqual([]);
    expect(world.sandbox.user('ada')).toBeUndefined();
  });

  it('changes nothing at Dfns when the store does not answer before the deadline', async () => {
    const ceremonies = await start({ put: never, take: never });
    const before = world.sandbox.requests.length;
    await expect(ceremonies.beginRegistration('ada', {}, { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'DFNS_TIMEOUT',
      mayHaveHappened: false,
    });
    expect(world.operations(before)).toEqual([]);
  });

  it('says that something may have happened when the store fails after the user was created, and can go on', async () => {
    const rows = new Map<string, string>();
    let writes = 0;
    const store: CeremonyStore = {
      put: async (id, value) => {
        writes += 1;
        if (writes === 2) throw new Error('failover');
        rows.set(id, value);
      },
      take: async (id) => {
        const value = rows.get(id);
        rows.delete(id);
        return value;
      },
    };
    const ceremonies = await start(store);
    await expect(ceremonies.beginRegistration('bea')).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      mayHaveHappened: true,
    });
    expect(world.sandbox.user('bea')).toBeDefined();
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('bea');
    await ceremonies.finishRegistration('bea', ceremonyId, credentialsOf(newPerson('bea'), challenge.challenge));
    expect(world.sandbox.user('bea')?.isRegistered).toBe(true);
  });

  it('leaves no row when it did not begin', async () => {
    world.sandbox.createUser({ username: 'taken' });
    const rows = new Map<string, string>();
    const ceremonies = await start({
      put: async (id, value) => {
        rows.set(id, value);
      },
      take: async (id) => {
        const value = rows.get(id);
        rows.delete(id);
        return value;
      },
    });
    await expect(ceremonies.beginRegistration('taken')).rejects.toMatchObject({ code: 'DFNS_USER_EXISTS' });
    await waitUntil(() => rows.size === 0);
  });
});
