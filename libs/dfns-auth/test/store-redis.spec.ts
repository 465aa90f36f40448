import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import {
  type DelegatedAuthService,
  DelegatedCeremonies,
  KeySigner,
  KeyvCeremonyStore,
  KeyvTokenStore,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { RedisServer } from './support/redis-server.js';
import { Replica } from './support/replica.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const sealing = { keys: [{ id: 'test', key: randomBytes(32).toString('base64') }] };

const isInstalled = RedisServer.isInstalled;
const isCi = process.env['CI'] === 'true';
const describeWithRedis = isInstalled ? describe : describe.skip;
if (!isInstalled && !isCi) process.stderr.write('skipped: there is no redis-server; apt-get install redis-server\n');

it('CI has a redis-server', () => {
  expect(isInstalled || !isCi).toBe(true);
});

describeWithRedis('replicas with one Redis', () => {
  let now: number;
  let redis: RedisServer;
  let closing: (() => Promise<unknown>)[];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  beforeEach(async () => {
    now = Date.now();
    closing = [];
    await command('FLUSHALL');
  });
  const world = useSandboxForEachTest({ now: () => now });
  afterEach(async () => {
    await Promise.all(closing.map((close) => close()));
  });

  const keyv = () => {
    const adapter = new KeyvRedis(redis.url);
    // By force: without it, the client waits for the answers to its commands, also while there is no Redis.
    closing.push(() => adapter.disconnect(true));
    return new Keyv(adapter);
  };
  const tokens = () => ({ leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE, store: new KeyvTokenStore(keyv(), sealing) });
  const startService = () => world.startService({ tokens: tokens() });
  const createUsers = (count: number) => {
    const usernames = Array.from({ length: count }, (_, i) => `lovelace-${i}`);
    for (const username of usernames) world.sandbox.createUser({ username });
    return usernames;
  };
  const logins = () => world.operations().filter((operation) => operation === 'POST /auth/login/delegated').length;
  const raw = () => (keyv().store as KeyvRedis<string>).getClient();

  async function command(...words: string[]): Promise<void> {
    await ((await raw()) as unknown as { sendCommand(words: string[]): Promise<unknown> }).sendCommand(words);
  }

  /** Returns all keys and values in Redis. */
  async function dump(): Promise<[key: string, value: string][]> {
    const client = (await raw()) as unknown as {
      keys(p: string): Promise<string[]>;
      get(key: string): Promise<string | null>;
    };
    const rows = (await client.keys('*')).map(async (key) => [key, await client.get(key)] as const);
    // A row may go between the two commands.
    return (await Promise.all(rows)).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
  }

  it('finish a ceremony of another replica once, and store no readable data', async () => {
    const { credId = '', privateKey = '' } = world.sandbox.createUser({ username: 'ceremonious' });
    const signer = new KeySigner({ credId, privateKey });
    const replica = async () => {
      const ceremonies = { store: new KeyvCeremonyStore(keyv(), sealing) };
      const context = await world.startInstance({ ceremonies });
      return context.get(DelegatedCeremonies);
    };
    const [one, other] = [await replica(), await replica()];
    const body = { network: 'EthereumSepolia', name: 'readable' };
    const begun = await one.beginAction('ceremonious', { method: 'POST', path: '/wallets', body });
    const rows = (await dump()).filter(([key]) => key.includes('dfns-ceremony'));
    expect(rows).toHaveLength(1);
    const secrets = [...world.sandbox.secrets, 'ceremonious', 'readable', begun.ceremonyId];
    expect(secrets.filter((secret) => JSON.stringify(rows).includes(secret))).toEqual([]);
    const assertion = await signer.sign({ ...begun.challenge, challengeIdentifier: '' });
    const answers = [one, other, other].map((ceremonies) =>
      ceremonies.finishAction('ceremonious', begun.ceremonyId, assertion),
    );
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.operations().filter((operation) => operation === 'POST /wallets')).toHaveLength(1);
  });

  it('keep at most twenty open ceremonies of a user, also if replicas begin them at the same time', async () => {
    const { credId = '', privateKey = '' } = world.sandbox.createUser({ username: 'flooder' });
    const signer = new KeySigner({ credId, privateKey });
    const replica = async () => {
      const context = await world.startInstance({ ceremonies: { store: new KeyvCeremonyStore(keyv(), sealing) } });
      return context.get(DelegatedCeremonies);
    };
    const replicas = [await replica(), await replica(), await replica()] as const;
    const begin = async (i: number) => {
      const ceremonies = replicas[i % 3] as DelegatedCeremonies;
      const body = { network: 'Solana' };
      const { ceremonyId, challenge } = await ceremonies.beginAction('flooder', {
        method: 'POST',
        path: '/wallets',
        body,
      });
      const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
      return () => replicas[(i + 1) % 3]?.finishAction('flooder', ceremonyId, assertion);
    };
    const finish = await Promise.all(Array.from({ length: 60 }, (_, i) => begin(i)));
    const rows = async () => (await dump()).filter(([key]) => key.includes('dfns-ceremony')).length;
    expect(await rows()).toBe(20);
    const outcomes = await Promise.allSettled(finish.map((answer) => answer()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    // The index of the open rows goes with the last of them.
    await waitUntil(async () => (await dump()).length === 0);
  });

  it('do not begin a registration while Redis is read-only, and go on when it is not', async () => {
    const quiet = keyv();
    quiet.on('error', () => {});
    const store = new KeyvCeremonyStore(quiet, sealing);
    const context = await world.startInstance({ ceremonies: { store } });
    const ceremonies = context.get(DelegatedCeremonies);
    await command('REPLICAOF', '127.0.0.1', '1');
    const before = world.sandbox.requests.length;
    await expect(ceremonies.beginRegistration('newcomer')).rejects.toMatchObject({
      code: 'DFNS_UNAVAILABLE',
      mayHaveHappened: false,
    });
    expect(world.operations(before)).toEqual([]);
    await command('REPLICAOF', 'NO', 'ONE');
    await expect(ceremonies.beginRegistration('newcomer')).resolves.toBeDefined();
  });

  it('log a user in once in the lifetime of a token, in four processes', async () => {
    const usernames = createUsers(30);
    const options = optionsFor(world.sandbox, { tokens: { leewayMs: MINUTE, refreshAheadMs: 5 * MINUTE } });
    const replicas = await Promise.all(
      Array.from({ length: 4 }, () => Replica.start({ options, redisUrl: redis.url, sealing })),
    );
    closing.push(() => Promise.all(replicas.map((replica) => replica.stop())));
    const everywhere = async () =>
      (await Promise.all(replicas.map((replica) => replica.getTokens(now, [...usernames, ...usernames])))).flat();
    const lifetimes = 3;
    for (let lifetime = 1; lifetime <= lifetimes; lifetime += 1) {
      const results = await everywhere();
      expect(results.filter(({ failure }) => failure)).toEqual([]);
      expect(logins()).toBeGreaterThanOrEqual(usernames.length * lifetime);
      // Now all tokens are in memory. After an hour all of them have ended.
      expect(new Set((await everywhere()).map(({ token }) => token)).size).toBeLessThanOrEqual(usernames.length * 1.05);
      now += HOUR;
    }
    expect(logins()).toBeLessThanOrEqual(usernames.length * lifetimes * 1.05);
  });

  it('refresh a token once', async () => {
    createUsers(1);
    const services = await Promise.all(Array.from({ length: 4 }, startService));
    const everywhere = async () =>
      new Set(await Promise.all(services.map((service) => service.getToken('lovelace-0'))));
    const [first] = await everywhere();
    now += HOUR - 6 * MINUTE;
    expect(await everywhere()).toEqual(new Set([first]));
    await waitUntil(async () => {
      const served = await everywhere();
      return served.size === 1 && !served.has(first as string);
    });
    expect(logins()).toBe(2);
  });

  it('fail no login while Redis is killed and started again, and then share tokens again', async () => {
    const usernames = createUsers(20);
    const [first, second] = [await startService(), await startService()];
    let isOver = false;
    const failures: unknown[] = [];
    let served = 0;
    const load = async (service: DelegatedAuthService) => {
      for (let i = 0; !isOver; i += 1) {
        const username = usernames[i % usernames.length] as string;
        await service.getToken(username).then(
          () => served++,
          (error) => failures.push(error),
        );
        if (i % 3 === 0) await service.forget(username);
      }
    };
    const loads = [first, second, first, second].map(load);
    const some = async () => {
      const before = served;
      await waitUntil(() => served > before + 50);
    };
    await some();
    await redis.kill();
    await some();
    await redis.start();
    await some();
    isOver = true;
    await Promise.all(loads);
    expect(failures).toEqual([]);
    await waitUntil(async () => {
      now += 1;
      const token = await first.forget('lovelace-0').then(() => first.getToken('lovelace-0'));
      return (await (await startService()).getToken('lovelace-0')) === token;
    });
  });

  it('wait at most for the time limit when Redis does not answer', async () => {
    createUsers(1);
    const service = await startService();
    await service.getToken('lovelace-0');
    redis.freeze();
    try {
      await service.forget('lovelace-0');
      const startedAt = performance.now();
      await service.getToken('lovelace-0');
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    } finally {
      redis.thaw();
    }
  });

  it('store nothing readable in Redis', async () => {
    const usernames = createUsers(5);
    const service = await startService();
    await Promise.all(usernames.map((username) => service.getToken(username)));
    await waitUntil(async () => (await dump()).filter(([key]) => key.includes('dfns-token')).length >= 5);
    const text = JSON.stringify(await dump());
    expect(text).not.toContain('lovelace');
    for (const secret of world.sandbox.secrets) {
      expect(text).not.toContain(secret);
      for (const part of secret.split('.')) expect(text).not.toContain(part);
    }
  });

  it('log in again when a row was altered or moved', async () => {
    createUsers(2);
    const usernames = ['lovelace-0', 'lovelace-1'];
    const before = new Set((await dump()).map(([key]) => key));
    const service = await startService();
    const tokensBefore = await Promise.all(usernames.map((username) => service.getToken(username)));
    const rows = async () => (await dump()).filter(([key]) => !before.has(key));
    // Locks and signs of life go when both tokens stand in their rows.
    await waitUntil(
      async () => (await rows()).length === 2 && (await rows()).every(([key]) => !key.includes(':lock:')),
    );
    const [[one, hers], [other, his]] = (await rows()) as [[string, string], [string, string]];
    const client = await raw();
    const flipped = hers.replace(/(test\.[\w-]{40})(.)/, (_, head, next) => `${head}${next === 'A' ? 'B' : 'A'}`);
    expect(flipped).not.toBe(hers);
    for (const [row, otherRow] of [
      [his, hers],
      [flipped, `${his.slice(0, -1)}`],
      ['', 'x'],
    ]) {
      await client.set(one, row as string);
      await client.set(other, otherRow as string);
      const asked = logins();
      const fresh = await startService();
      const got = await Promise.all(usernames.map((username) => fresh.getToken(username)));
      expect(logins()).toBe(asked + 2);
      expect(got.some((token) => tokensBefore.includes(token))).toBe(false);
      const isSealed = async (key: string) => String(await client.get(key)).includes('test.');
      await waitUntil(async () => (await isSealed(one)) && (await isSealed(other)));
    }
  });
});
