import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type DelegatedAuthService,
  DelegatedCeremonies,
  KeyvCeremonyStore,
  type KeyvLike,
  type SealingOptions,
  type TokenStore,
} from 'nestjs-dfns-auth';
import { Pool } from 'pg';
import { writeSnippets } from '../../../test/support/snippets.js';
import { PostgresServer } from './support/postgres-server.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';
import { waitUntil } from './support/wait-until.js';
import { WalletMaker } from './support/wallet-maker.js';

const FOLDER = resolve('artifacts', 'postgres');
const HOUR = 3_600_000;
const sealing: SealingOptions = { keys: [{ id: 'test', key: randomBytes(32) }] };

/** What the guide exports. */
interface Guide {
  TABLE: string;
  CLEAN: string;
  PostgresRows: new (pool: Pool) => KeyvLike;
  PostgresTokenStore: new (rows: KeyvLike, sealing: SealingOptions) => TokenStore;
}

const { isInstalled } = PostgresServer;
const isCi = process.env['CI'] === 'true';
if (!isInstalled && !isCi) process.stderr.write('skipped: there is no PostgreSQL; apt-get install postgresql\n');

it('find PostgreSQL in CI', () => {
  expect(isInstalled || !isCi).toBe(true);
});

(isInstalled ? describe : describe.skip)('replicas with the PostgreSQL of the guide', () => {
  let now: number;
  let guide: Guide;
  let server: PostgresServer;
  let pools: Pool[];

  beforeAll(async () => {
    writeSnippets('docs/guides/replicas-and-redis.md', FOLDER);
    guide = await import(resolve(FOLDER, 'postgres-stores.ts'));
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    jest.spyOn(console, 'warn').mockImplementation(() => {});
    now = Date.now();
    pools = [];
    await query('DROP TABLE IF EXISTS dfns_rows');
    await query(guide.TABLE);
  });
  const world = useSandboxForEachTest({ now: () => now });
  afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    jest.restoreAllMocks();
  });

  function newRows(): KeyvLike {
    const pool = new Pool({ connectionString: server.url, max: 5 });
    pools.push(pool);
    return new guide.PostgresRows(pool);
  }

  async function query(text: string): Promise<Record<string, string>[]> {
    const pool = new Pool({ connectionString: server.url });
    const { rows } = await pool.query(text);
    await pool.end();
    return rows;
  }

  const startService = () =>
    world.startService({ tokens: { store: new guide.PostgresTokenStore(newRows(), sealing) } });

  async function ceremonies(): Promise<DelegatedCeremonies> {
    const store = new KeyvCeremonyStore(newRows(), sealing);
    return (await world.startInstance({ ceremonies: { store } })).get(DelegatedCeremonies);
  }

  const createUsers = (users: number) => WalletMaker.create(world.sandbox, users);
  const count = (operation: string) => world.operations().filter((one) => one === operation).length;
  const logins = () => count('POST /auth/login/delegated');

  it('log a user in once in the lifetime of a token', async () => {
    // Few, so that each answer of a slow machine comes within the time limit of a store.
    const usernames = createUsers(6).map(({ username }) => username);
    const services = [await startService(), await startService(), await startService()];
    for (const lifetime of [1, 2]) {
      await Promise.all(services.flatMap((one) => usernames.map((username) => one.getToken(username))));
      expect(logins()).toBe(usernames.length * lifetime);
      now += HOUR;
    }
    // The locks go in the background.
    await waitUntil(async () => (await query('SELECT * FROM dfns_rows')).length === usernames.length);
  });

  it('finish a ceremony of another replica once, and leave nothing', async () => {
    const [one, other] = [await ceremonies(), await ceremonies()];
    for (const user of createUsers(6)) {
      const codes = await Promise.all([one, other, other, one].map(await user.begin(one)));
      expect(codes.sort()).toEqual([...Array(3).fill('DFNS_CEREMONY_INVALID'), 'ok']);
    }
    expect(count('POST /wallets')).toBe(6);
    await waitUntil(async () => (await query('SELECT * FROM dfns_rows')).length === 0);
  });

  it('store nothing readable', async () => {
    const users = createUsers(3);
    const [tokens, one] = [await startService(), await ceremonies()];
    for (const user of users) {
      await tokens.getToken(user.username);
      await user.begin(one);
    }
    await waitUntil(async () => (await query('SELECT * FROM dfns_rows')).length >= 3 * users.length);
    const text = JSON.stringify(await query('SELECT * FROM dfns_rows'));
    const secrets = [...world.sandbox.secrets, 'lovelace'].flatMap((secret) => [secret, ...secret.split('.')]);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('do not see rows that ended, and clean the table of them', async () => {
    const rows = newRows();
    await Promise.all([rows.set('short', 'x', 1), rows.set('long', 'y', HOUR)]);
    await waitUntil(async () => (await rows.get('short')) === undefined);
    await query(guide.CLEAN);
    expect(await query('SELECT key FROM dfns_rows')).toEqual([{ key: 'long' }]);
  });

  it('fail no login while PostgreSQL is killed and started again, and then share tokens again', async () => {
    createUsers(2);
    const [one, other] = [await startService(), await startService()] as [DelegatedAuthService, DelegatedAuthService];
    await one.getToken('lovelace-0');
    await server.kill();
    await Promise.all([one.getToken('lovelace-1'), other.getToken('lovelace-1'), other.getToken('lovelace-0')]);
    await server.start();
    await waitUntil(async () => {
      const token = await one.forget('lovelace-0').then(() => one.getToken('lovelace-0'));
      return (await (await startService()).getToken('lovelace-0')) === token;
    });
  });
});
