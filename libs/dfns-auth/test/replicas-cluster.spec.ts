import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis, { createCluster } from '@keyv/redis';
import { Keyv } from 'keyv';
import { type DelegatedAuthService, DelegatedCeremonies, KeyvCeremonyStore, KeyvTokenStore } from 'nestjs-dfns-auth';
import { RedisCluster } from './support/redis-cluster.js';
import { RedisServer, redis } from './support/redis-server.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';
import { WalletMaker } from './support/wallet-maker.js';

const HOUR = 3_600_000;
const sealing = { keys: [{ id: 'test', key: randomBytes(32).toString('base64') }] };

// store-redis.spec.ts fails in CI if there is no Redis.
const describeWithRedis = RedisServer.isInstalled ? describe : describe.skip;

describeWithRedis('replicas with a Redis Cluster of three masters', () => {
  let now: number;
  let cluster: RedisCluster;
  let closing: (() => Promise<unknown>)[];

  beforeAll(async () => {
    cluster = await RedisCluster.start({ withReplicas: true });
  });
  afterAll(() => cluster?.stop());

  beforeEach(async () => {
    now = Date.now();
    closing = [];
    await cluster.onMasters('FLUSHALL');
  });
  const world = useSandboxForEachTest({ now: () => now });
  afterEach(async () => {
    await Promise.all(closing.map((close) => close()));
  });

  async function keyv(): Promise<Keyv> {
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    client.on('error', () => {});
    await client.connect();
    const opened = new Keyv(new KeyvRedis(client));
    opened.on('error', () => {});
    closing.push(() => opened.disconnect());
    return opened;
  }

  async function service(): Promise<DelegatedAuthService> {
    return world.startService({ tokens: { store: new KeyvTokenStore(await keyv(), sealing) } });
  }

  async function ceremonies(): Promise<DelegatedCeremonies> {
    const store = new KeyvCeremonyStore(await keyv(), sealing);
    return (await world.startInstance({ ceremonies: { store } })).get(DelegatedCeremonies);
  }

  const count = (operation: string) => world.operations().filter((one) => one === operation).length;
  /** With so many users, every master has rows. */
  const createUsers = (users: number) => WalletMaker.create(world.sandbox, users);
  const keys = () => cluster.onMasters('KEYS', '*');

  it('log a user in once in the lifetime of a token', async () => {
    const usernames = createUsers(30).map(({ username }) => username);
    const services = [await service(), await service(), await service()];
    for (const lifetime of [1, 2]) {
      await Promise.all(services.flatMap((one) => usernames.map((username) => one.getToken(username))));
      expect(count('POST /auth/login/delegated')).toBe(usernames.length * lifetime);
      now += HOUR;
    }
  });

  it('finish a ceremony of another replica once, and leave nothing', async () => {
    const users = createUsers(12);
    const [one, other] = [await ceremonies(), await ceremonies()];
    const answers = await Promise.all(users.map((user) => user.begin(one)));
    for (const answer of answers) {
      const outcomes = await Promise.all([answer(one), answer(other), answer(other)]);
      expect(outcomes.sort()).toEqual(['DFNS_CEREMONY_INVALID', 'DFNS_CEREMONY_INVALID', 'ok']);
    }
    expect(count('POST /wallets')).toBe(users.length);
    await waitUntil(async () => (await keys()).length === 0);
  });

  it('keep at most twenty open ceremonies of a user', async () => {
    const [user] = createUsers(1) as [WalletMaker];
    const replicas = [await ceremonies(), await ceremonies()] as const;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => user.begin(replicas[i % 2] as DelegatedCeremonies)),
    );
    const outcomes = await Promise.all(answers.map((answer) => answer(replicas[0])));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20);
  });

  it('store nothing readable on any master', async () => {
    const users = createUsers(12);
    const tokens = await service();
    await Promise.all(users.map(({ username }) => tokens.getToken(username)));
    const one = await ceremonies();
    await Promise.all(users.map((user) => user.begin(one)));
    await waitUntil(async () => (await keys()).filter((key) => key.includes('dfns-token')).length >= users.length);
    for (const master of cluster.masters) {
      const ofMaster = (await redis(master, 'KEYS', '*')).split('\n').filter(Boolean);
      const values = await Promise.all(ofMaster.map((key) => redis(master, 'GET', key)));
      expect(values.length).toBeGreaterThan(3);
      const text = JSON.stringify([ofMaster, values]);
      const secrets = [...world.sandbox.secrets, 'lovelace'].flatMap((secret) => [secret, ...secret.split('.')]);
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  });

  describe('while one master refuses to write', () => {
    const refuse = (yes: boolean) =>
      redis(cluster.masters[0] as RedisServer, 'CONFIG', 'SET', 'min-replicas-to-write', yes ? '9' : '0');
    afterEach(() => refuse(false));

    it('begin only ceremonies that can be finished', async () => {
      const [one, other] = [await ceremonies(), await ceremonies()];
      await refuse(true);
      const outcomes = await Promise.all(
        createUsers(24).map((user) =>
          user.begin(one).then(
            (answer) => answer(other),
            (error) => error.code,
          ),
        ),
      );
      expect(new Set(outcomes)).toEqual(new Set(['ok', 'DFNS_UNAVAILABLE']));
    });

    it('leave the ceremonies open that cannot be taken', async () => {
      const [one, other] = [await ceremonies(), await ceremonies()];
      const answers = await Promise.all(createUsers(24).map((user) => user.begin(one)));
      await refuse(true);
      const outcomes = await Promise.all(answers.map((answer) => answer(other)));
      expect(new Set(outcomes)).toEqual(new Set(['ok', 'DFNS_UNAVAILABLE']));
      await refuse(false);
      const unfinished = answers.filter((_, i) => outcomes[i] !== 'ok');
      const repeated = await Promise.all(unfinished.map((answer) => answer(other)));
      expect(new Set(repeated)).toEqual(new Set(['ok']));
    });
  });

  it('fail no login and lose no ceremony while a replica becomes the master', async () => {
    const users = createUsers(12);
    const [one, other] = [await ceremonies(), await ceremonies()];
    const services = [await service(), await service()];
    const answers = await Promise.all(users.map((user) => user.begin(one)));
    const failures: unknown[] = [];
    let served = 0;
    let isOver = false;
    const load = async (service: DelegatedAuthService) => {
      for (let i = 0; !isOver; i += 1) {
        const { username } = users[i % users.length] as WalletMaker;
        await service.getToken(username).then(
          () => served++,
          (error) => failures.push(error),
        );
        await service.forget(username);
      }
    };
    const loads = services.map(load);
    const some = async () => {
      const before = served;
      await waitUntil(() => served > before + 20);
    };
    await some();
    await cluster.promoteReplicaOf(cluster.masters[0] as RedisServer);
    await some();
    isOver = true;
    await Promise.all(loads);
    expect(failures).toEqual([]);
    const outcomes = await Promise.all(answers.map((answer) => Promise.all([answer(one), answer(other)])));
    expect(outcomes.map((both) => both.sort())).toEqual(users.map(() => ['DFNS_CEREMONY_INVALID', 'ok']));
    expect(count('POST /wallets')).toBe(users.length);
  });
});
