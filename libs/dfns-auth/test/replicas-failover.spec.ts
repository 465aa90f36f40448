import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Keyv } from 'keyv';
import { DelegatedAuthService, DelegatedCeremonies, KeyvCeremonyStore, KeyvTokenStore } from 'nestjs-dfns-auth';
import { writeSnippets } from '../../../test/support/snippets.js';
import { RedisCluster } from './support/redis-cluster.js';
import { RedisServer } from './support/redis-server.js';
import { useSandbox } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';
import { type Answer, WalletMaker } from './support/wallet-maker.js';

const FOLDER = resolve('artifacts', 'failover');
const USERS = 12;
const sealing = { keys: [{ id: 'test', key: randomBytes(32) }] };

// store-redis.spec.ts fails in CI if there is no Redis.
const describeWithRedis = RedisServer.isInstalled ? describe : describe.skip;

describeWithRedis('replicas with the cluster client of the guide, while a master crashes', () => {
  const world = useSandbox();
  let users: WalletMaker[];
  const opened: Keyv[] = [];
  let clusterKeyv: (urls: string[]) => Promise<Keyv>;
  let cluster: RedisCluster;

  beforeAll(async () => {
    writeSnippets('docs/guides/replicas-and-redis.md', FOLDER);
    ({ clusterKeyv } = await import(resolve(FOLDER, 'redis-cluster.ts')));
    cluster = await RedisCluster.start({ withReplicas: true });
    users = WalletMaker.create(world.sandbox, USERS);
  });
  afterEach(async () => {
    for (const keyv of opened.splice(0)) await keyv.disconnect();
  });
  afterAll(() => cluster?.stop());

  async function startReplica() {
    const keyv = await clusterKeyv(cluster.urls);
    keyv.on('error', () => {});
    opened.push(keyv);
    const tokens = { store: new KeyvTokenStore(keyv, sealing) };
    return world.startInstance({ tokens, ceremonies: { store: new KeyvCeremonyStore(keyv, sealing) } });
  }

  const walletsMade = () => world.operations().filter((operation) => operation === 'POST /wallets').length;

  it('fail no login, answer no ceremony twice, and begin ceremonies of all users again', async () => {
    const [one, other] = [await startReplica(), await startReplica()];
    const [here, there] = [one.get(DelegatedCeremonies), other.get(DelegatedCeremonies)];
    const answers = await Promise.all(users.map((user) => user.begin(here)));
    const finished = new Set(answers.slice(0, USERS / 2));
    for (const answer of finished) expect(await answer(there)).toBe('ok');
    expect(walletsMade()).toBe(finished.size);
    let isOver = false;
    const failures: unknown[] = [];
    const load = async (service: DelegatedAuthService) => {
      for (let i = 0; !isOver; i += 1) {
        const { username } = users[i % USERS] as WalletMaker;
        await service.getToken(username).catch((error) => failures.push(error));
        await service.forget(username);
      }
    };
    const loads = [one, other].map((replica) => load(replica.get(DelegatedAuthService)));
    await cluster.crash(cluster.masters[0] as RedisServer);
    for (const ceremonies of [here, there]) {
      await waitUntil(async () => (await Promise.all(users.map((user) => canBegin(ceremonies, user)))).every(Boolean));
    }
    isOver = true;
    await Promise.all(loads);
    expect(failures).toEqual([]);
    const outcomes = await Promise.all(
      answers.map((answer) => Promise.all([here, there].map((replica) => settled(answer, replica)))),
    );
    expect(walletsMade()).toBeLessThanOrEqual(USERS);
    for (const [i, answer] of answers.entries()) if (finished.has(answer)) expect(outcomes[i]).not.toContain('ok');
  });

  /** As long as a replica has no connection to a master, the ceremony stays open, and the person tries again. */
  async function settled(answer: Answer, on: DelegatedCeremonies): Promise<string> {
    for (;;) {
      const outcome = await answer(on);
      if (outcome !== 'DFNS_UNAVAILABLE') return outcome;
    }
  }

  const canBegin = (ceremonies: DelegatedCeremonies, user: WalletMaker) =>
    user.begin(ceremonies).then(
      () => true,
      () => false,
    );
});
