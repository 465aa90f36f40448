import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Keyv } from 'keyv';
import { type CeremoniesOptions, DelegatedCeremonies, KeySigner, KeyvCeremonyStore } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { credentialsOf, newPerson } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const sealing = { keys: [{ id: 'test', key: randomBytes(32) }] };
const MANY = 20;

const world = useSandbox({ restart: true });
const signers = new Map<string, KeySigner>();

beforeAll(() => {
  for (const username of ['ada', 'bob', 'cleo']) {
    const { credId = '', privateKey = '' } = world.sandbox.createUser({ username });
    signers.set(username, new KeySigner({ credId, privateKey }));
  }
});

async function instance(options: CeremoniesOptions = {}): Promise<DelegatedCeremonies> {
  return (await world.startInstance({ ceremonies: options })).get(DelegatedCeremonies);
}

/** Begins an action. Returns a function that finishes it and tells how: with `ok`, or with the code of the error. */
async function begun(ceremonies: DelegatedCeremonies, username: string) {
  const { ceremonyId, challenge } = await ceremonies.beginAction(username, WALLET);
  const assertion = await signers.get(username)?.sign({ ...challenge, challengeIdentifier: '' });
  return async (on = ceremonies) =>
    (await failureOf(on.finishAction(username, ceremonyId, assertion as never)))?.code ?? 'ok';
}

/** Begins `count` actions of ada, one after another. */
async function flood(count: number, ...replicas: DelegatedCeremonies[]) {
  const finish = [];
  for (let i = 0; i < count; i += 1) {
    finish.push(await begun(replicas[i % replicas.length] as DelegatedCeremonies, 'ada'));
  }
  return finish;
}

const INSTANCES: [string, () => Promise<DelegatedCeremonies[]>][] = [
  ['in memory', async () => [await instance()]],
  [
    'in a Keyv that two replicas share',
    async () => {
      const keyv = new Keyv();
      const store = () => new KeyvCeremonyStore(keyv, sealing);
      return [await instance({ store: store() }), await instance({ store: store() })];
    },
  ],
];

describe.each(INSTANCES)('the open ceremonies of one user, %s,', (place, start) => {
  it('are at most twenty: the oldest of the same user ends', async () => {
    const replicas = await start();
    const of = (i: number) => replicas[i % replicas.length] as DelegatedCeremonies;
    const bobs = await begun(of(0), 'bob');
    const finish = await flood(MANY + 2, ...replicas);
    const outcomes = [];
    for (const [i, answer] of finish.entries()) outcomes.push(await answer(of(i + 1)));
    expect(outcomes).toEqual([...Array(2).fill('DFNS_CEREMONY_INVALID'), ...Array(MANY).fill('ok')]);
    expect(await bobs(of(1))).toBe('ok');
  });

  it('are at most twenty also if they begin at the same time', async () => {
    const [ceremonies] = (await start()) as [DelegatedCeremonies];
    const finish = await Promise.all(Array.from({ length: MANY + 10 }, () => begun(ceremonies, 'ada')));
    const outcomes = [];
    for (const answer of finish) outcomes.push(await answer());
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(MANY);
  });

  it('do not count after they were finished', async () => {
    const replicas = await start();
    const [ceremonies] = replicas as [DelegatedCeremonies];
    const first = await begun(ceremonies, 'ada');
    for (let i = 0; i < MANY + 5; i += 1) await (await begun(replicas.at(-1) as DelegatedCeremonies, 'ada'))();
    expect(await first()).toBe('ok');
  });

  it('do not push out an unfinished registration, also not their own', async () => {
    const replicas = await start();
    const [ceremonies] = replicas as [DelegatedCeremonies];
    const username = `newcomer ${place}`;
    const { ceremonyId, challenge } = await ceremonies.beginRegistration(username);
    await flood(MANY + 2, ...replicas);
    const credentials = credentialsOf(newPerson(username), challenge.challenge);
    await expect(ceremonies.finishRegistration(username, ceremonyId, credentials)).resolves.toBeDefined();
  });
});

describe('ceremonies in memory', () => {
  it('of other people stay while one user begins more than maxEntries', async () => {
    const ceremonies = await instance({ maxEntries: MANY + 2 });
    const others = [await begun(ceremonies, 'bob'), await begun(ceremonies, 'cleo')];
    await flood(2 * MANY, ceremonies);
    expect(await Promise.all(others.map((answer) => answer()))).toEqual(['ok', 'ok']);
  });

  it('leave an unfinished registration alone, which goes on without asking Dfns again', async () => {
    const ceremonies = await instance({ maxEntries: 1 });
    const beganWith = async () => {
      const from = world.sandbox.requests.length;
      await ceremonies.beginRegistration('returning');
      return world.operations(from);
    };
    await beganWith();
    const alone = await beganWith();
    await flood(3, ceremonies);
    expect(await beganWith()).toEqual(alone);
    world.sandbox.createUser({ username: 'nobody keeps the row of this one', registered: false });
    const from = world.sandbox.requests.length;
    await ceremonies.beginRegistration('nobody keeps the row of this one');
    expect(world.operations(from).length).toBeGreaterThan(alone.length);
  });

  it('are dropped apart from registrations when there are more than maxEntries', async () => {
    const ceremonies = await instance({ maxEntries: 1 });
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('patient');
    const bobs = await begun(ceremonies, 'bob');
    const cleos = await begun(ceremonies, 'cleo');
    expect([await bobs(), await cleos()]).toEqual(['DFNS_CEREMONY_INVALID', 'ok']);
    const credentials = credentialsOf(newPerson('patient'), challenge.challenge);
    await expect(ceremonies.finishRegistration('patient', ceremonyId, credentials)).resolves.toBeDefined();
  });
});

it('a row that this replica cannot open still counts', async () => {
  const keyv = new Keyv();
  const owner = { id: 'ada', maxRows: 1 };
  const one = new KeyvCeremonyStore(keyv, sealing);
  const other = new KeyvCeremonyStore(keyv, { keys: [{ id: 'other', key: randomBytes(32) }] });
  await one.put('first', 'value', 60_000, owner);
  expect(await other.take('first', owner)).toBeUndefined();
  await new Promise(setImmediate);
  await one.put('second', 'another value', 60_000, owner);
  expect(await one.take('first', owner)).toBeUndefined();
  expect(await one.take('second', owner)).toBe('another value');
});
