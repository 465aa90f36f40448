/** Eight replicas on one Redis, then on a Redis Cluster of three masters, then while masters are replaced. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { KeySigner } from 'nestjs-dfns-auth';
import { ask } from '../child.mjs';
import { compiled, compiledSnippet } from '../compiled.mjs';
import { inLab } from '../lab.mjs';
import { percentile, printTable } from '../table.mjs';

const REPLICAS = 8;
const HOUR = 3_600_000;
const USERS = 100;
const LIFETIMES = 3;
/** Milliseconds from one user to the next, and from one ceremony to the next. */
const USER_EVERY_MS = 50;
const CEREMONY_EVERY_MS = 100;
const CALM_MS = 4_000;
const FAILOVER_MS = 20_000;
/** Milliseconds after a change of masters in which users still count as those of a failover. */
const AFTERMATH_MS = 1_000;

const DUMP = `local rows = {} for _, key in ipairs(redis.call('keys', '*')) do
  rows[#rows + 1] = key rows[#rows + 1] = redis.call('get', key) end return rows`;

export async function run() {
  const { RedisServer, redis } = await import(await compiled('libs/dfns-auth/test/support/redis-server.ts'));
  const { RedisCluster } = await import(await compiled('libs/dfns-auth/test/support/redis-cluster.ts'));
  const clusterClient = await compiledSnippet('replicas-and-redis.md', 'redis-cluster.ts');
  const dump = async (servers) => (await Promise.all(servers.map((server) => redis(server, 'EVAL', DUMP, '0')))).join();

  const tokens = [];
  const ceremonies = [];
  await inLab(async (lab) => {
    const server = await RedisServer.start();
    lab.onEnd(() => server.kill());
    const world = await World.start(lab, { redisUrls: [server.url] });
    tokens.push(...(await world.measureLifetimes('one Redis')));
    ceremonies.push(await world.measureCeremonies('one Redis', CALM_MS, () => dump([server])));
  });
  await inLab(async (lab) => {
    const cluster = await RedisCluster.start({ withReplicas: true });
    lab.onEnd(() => cluster.stop());
    const world = await World.start(lab, { redisUrls: cluster.urls, clusterClient });
    tokens.push(...(await world.measureLifetimes('Redis Cluster')));
    ceremonies.push(await world.measureCeremonies('Redis Cluster', CALM_MS, () => dump(cluster.masters)));
    const failover = world.measureFailover(cluster);
    ceremonies.push(await world.measureCeremonies('… and a failover', FAILOVER_MS, () => dump(cluster.masters)));
    tokens.push(...(await failover));
  });
  printTable(`${REPLICAS} replicas, which all ask for the token of a user at once`, tokens);
  printTable(`${REPLICAS} replicas: a ceremony begins on one, and is answered on two others at once`, ceremonies);
}

/** The replicas with their Dfns. */
class World {
  #now = Date.now();
  #users = 0;

  constructor(dfns, replicas) {
    this.dfns = dfns;
    this.replicas = replicas;
  }

  static async start(lab, stores) {
    const dfns = await lab.start('sandbox.mjs', {});
    const account = await ask(dfns, { do: 'account' });
    const keys = [{ id: 'bench', key: randomBytes(32).toString('base64') }];
    const start = () => lab.start('replica.mjs', { ...account, ...stores, keys });
    const replicas = await Promise.all(Array.from({ length: REPLICAS }, start));
    const world = new World(dfns, replicas);
    await world.#setClock();
    return world;
  }

  async #setClock() {
    await Promise.all([this.dfns, ...this.replicas].map((child) => ask(child, { do: 'setClock', now: this.#now })));
  }

  async #newUsers(count) {
    const usernames = Array.from({ length: count }, (_, i) => `bench-user-${this.#users + i}`);
    this.#users += count;
    const made = await ask(this.dfns, { do: 'users', usernames });
    return usernames.map((username, i) => ({ username, signer: new KeySigner(made[i]) }));
  }

  /** How often each of the users logged in. */
  async #loginsOf(users) {
    const { logins } = await ask(this.dfns, { do: 'logins' });
    return users.map(({ username }) => logins[username] ?? 0);
  }

  #tokens(users) {
    const usernames = users.map(({ username }) => username);
    return Promise.all(this.replicas.map((replica) => ask(replica, { do: 'tokens', usernames })));
  }

  /** All replicas ask for a token of each user in each lifetime: of one user after another, then of all users at once. */
  async measureLifetimes(store) {
    const rows = [];
    const ways = {
      'one user after another': (users) => paced(users, USER_EVERY_MS, (user) => this.#tokens([user])),
      'all users at once': (users) => this.#tokens(users),
    };
    for (const [way, getAll] of Object.entries(ways)) {
      const users = await this.#newUsers(USERS);
      const results = [];
      for (let lifetime = 1; lifetime <= LIFETIMES; lifetime += 1) {
        results.push(...(await getAll(users)).flat(2));
        this.#now += HOUR;
        await this.#setClock();
      }
      rows.push(tokenRow(`${store}: ${way}`, await this.#loginsOf(users), results, LIFETIMES));
    }
    return rows;
  }

  /** A replica is promoted, then a master crashes, while users arrive. */
  async measureFailover(cluster) {
    const users = await this.#newUsers(FAILOVER_MS / USER_EVERY_MS);
    const from = performance.now();
    const affected = [];
    const change = async (act) => {
      await pause(FAILOVER_MS / 4);
      const startedAt = performance.now() - from;
      await act();
      affected.push([startedAt - AFTERMATH_MS, performance.now() - from + AFTERMATH_MS]);
    };
    const changes = change(() => cluster.promoteReplicaOf(cluster.masters[0])).then(() =>
      change(() => cluster.crash(cluster.masters[1])),
    );
    const results = await paced(users, USER_EVERY_MS, async (user) => ({
      at: performance.now() - from,
      results: (await this.#tokens([user])).flat(),
    }));
    await changes;
    const logins = await this.#loginsOf(users);
    const rows = (name, isWanted) => {
      const wanted = users.map((_, i) => i).filter((i) => isWanted(results[i].at));
      return tokenRow(
        `Redis Cluster: ${name}`,
        wanted.map((i) => logins[i]),
        wanted.flatMap((i) => results[i].results),
      );
    };
    const isAffected = (at) => affected.some(([start, end]) => start <= at && at <= end);
    return [rows('around a failover', isAffected), rows('before and after it', (at) => !isAffected(at))];
  }

  async measureCeremonies(store, ms, dump) {
    const actors = await this.#newUsers(50);
    // Their tokens are there, so that a ceremony shows only its own rows.
    await this.#tokens(actors);
    const before = (await ask(this.dfns, { do: 'wallets' })).length;
    const ceremonies = await paced(Array.from({ length: ms / CEREMONY_EVERY_MS }), CEREMONY_EVERY_MS, (_, i) =>
      this.#ceremony(i, actors[i % actors.length]),
    );
    // A row that was lost with a master and came back could be taken again.
    const answered = ceremonies.filter(({ outcome }) => outcome === 'answered');
    const again = await Promise.all(answered.map(({ answer }, i) => answer(this.replicas[i % REPLICAS])));
    const bodies = (await ask(this.dfns, { do: 'wallets' })).slice(before);
    const of = (wanted) => ceremonies.filter(({ outcome }) => outcome === wanted).length;
    return {
      store,
      ceremonies: ceremonies.length,
      'not begun': of('not begun'),
      answered: answered.length,
      lost: of('lost'),
      'answered twice': bodies.length - new Set(bodies).size + again.filter(({ code }) => code === 'ok').length,
      'readable secrets in the store': await this.#readable(await dump()),
    };
  }

  async #ceremony(i, { username, signer }) {
    const at = (n) => this.replicas[(i + n) % REPLICAS];
    const body = { network: 'Solana', name: `${username}-${i}-${this.#users}` };
    const begun = await ask(at(0), { do: 'begin', username, body });
    if (begun.code !== 'ok') return { outcome: 'not begun' };
    const { ceremonyId, challenge } = begun;
    const assertion = await signer.sign({ ...challenge, challengeIdentifier: '' });
    const answer = (replica) => ask(replica, { do: 'finish', username, ceremonyId, assertion });
    const codes = (await Promise.all([answer(at(1)), answer(at(2))])).map(({ code }) => code);
    return { outcome: codes.includes('ok') ? 'answered' : 'lost', answer };
  }

  /** How many secrets of Dfns, and names of users, stand in the store as they are. */
  async #readable(text) {
    const secrets = await ask(this.dfns, { do: 'secrets' });
    return ['bench-user', ...secrets].filter((secret) => text.includes(secret)).length;
  }
}

function tokenRow(what, logins, results, lifetimes = 1) {
  const times = results.map(({ ms }) => ms);
  return {
    what,
    users: logins.length,
    'logins/user and lifetime': (logins.reduce((sum, count) => sum + count, 0) / logins.length / lifetimes).toFixed(3),
    'getToken()': results.length,
    failed: results.filter(({ code }) => code !== 'ok').length,
    'p50 ms': percentile(times, 50)?.toFixed(0),
    'p99 ms': percentile(times, 99)?.toFixed(0),
    'most ms': Math.max(...times).toFixed(0),
  };
}

/** Begins one act for each item, one every `everyMs`, and waits until all have ended. */
async function paced(items, everyMs, act) {
  const startedAt = performance.now();
  const acts = [];
  for (const [i, item] of items.entries()) {
    await pause(Math.max(0, startedAt + i * everyMs - performance.now()));
    acts.push(act(item, i));
  }
  return Promise.all(acts);
}
