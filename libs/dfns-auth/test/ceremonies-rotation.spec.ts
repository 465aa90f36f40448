import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeySigner } from 'nestjs-dfns-auth';
import { CeremonyReplica } from './support/ceremony-replica.js';
import { optionsFor } from './support/library-instance.js';
import { credentialsOf, newPerson } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

const WALLET = { method: 'POST' as const, path: '/wallets', body: { network: 'Solana' } };
const [OLD, NEW] = ['old', 'new'].map((id) => ({ id, key: randomBytes(32).toString('base64') })) as [Key, Key];

interface Key {
  id: string;
  key: string;
}

/** Keys of a replica: the first seals, all of them open. */
const REPLICAS = { before: [OLD], 'in phase 1': [OLD, NEW], 'in phase 2': [NEW, OLD], after: [NEW] };
type ReplicaName = keyof typeof REPLICAS;

describe('while sealing keys rotate,', () => {
  const world = useSandbox();
  const replicas = new Map<ReplicaName, CeremonyReplica>();
  let directory: string;
  let signer: KeySigner;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ceremonies-'));
    const { credId = '', privateKey = '' } = world.sandbox.createUser({ username: 'ada' });
    signer = new KeySigner({ credId, privateKey });
    const options = optionsFor(world.sandbox);
    const starts = Object.entries(REPLICAS).map(async ([name, keys]) => {
      replicas.set(name as ReplicaName, await CeremonyReplica.start({ options, directory, sealing: { keys } }));
    });
    await Promise.all(starts);
  });
  afterAll(async () => {
    await Promise.all([...replicas.values()].map((replica) => replica.stop()));
    await rm(directory, { recursive: true });
  });

  const replica = (name: ReplicaName) => replicas.get(name) as CeremonyReplica;

  /** Begins an action on a replica. Returns a function that finishes it on another one. */
  async function begun(on: ReplicaName) {
    const { ceremonyId, challenge } = await replica(on).call('beginAction', 'ada', WALLET);
    const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
    return (other: ReplicaName) => replica(other).call('finishAction', 'ada', ceremonyId, assertion);
  }

  it.each([
    ['before', 'in phase 1'],
    ['in phase 1', 'before'],
    ['in phase 1', 'in phase 2'],
    ['in phase 2', 'in phase 1'],
    ['in phase 2', 'after'],
    ['after', 'in phase 2'],
  ] as const)('an action that a replica began %s is finished by a replica %s, once', async (one, other) => {
    const finish = await begun(one);
    await expect(finish(other)).resolves.toMatchObject({ network: 'Solana' });
    await expect(finish(one)).rejects.toThrow('DFNS_CEREMONY_INVALID');
  });

  it.each([
    ['before', 'in phase 1'],
    ['in phase 1', 'in phase 2'],
    ['in phase 2', 'after'],
  ] as const)('a registration goes on from a replica %s to a replica %s', async (one, other) => {
    const username = `from ${one}`;
    const begin = (on: ReplicaName) => replica(on).call('beginRegistration', username);
    const first = await begin(one);
    // The challenge is kept in a row of its own. The other replica finds it, and Dfns is not asked for another one.
    const { ceremonyId, challenge } = await begin(other);
    expect(challenge.challenge).toBe(first.challenge.challenge);
    const credentials = credentialsOf(newPerson(username), challenge.challenge);
    await replica(one).call('finishRegistration', username, ceremonyId, credentials);
    expect(world.sandbox.user(username)?.isRegistered).toBe(true);
  });

  it.each([
    ['before', 'after'],
    ['after', 'before'],
  ] as const)('a replica does not delete a row that it cannot open (%s, %s)', async (one, other) => {
    const finish = await begun(one);
    await expect(finish(other)).rejects.toThrow('DFNS_CEREMONY_INVALID');
    await expect(finish(one)).resolves.toMatchObject({ network: 'Solana' });
  });
});
