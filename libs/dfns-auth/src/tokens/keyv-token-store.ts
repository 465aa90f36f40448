import { randomUUID } from 'node:crypto';
import type { ReleaseLock, TokenStore } from '../config/stores.js';
import { type KeyvLike, SealedKeyv } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';

/**
 * A {@link TokenStore} in a Keyv, sealed with AES-256-GCM. The store shows no token and no username, and a row that was
 * changed or copied to another user does not open. With `@keyv/redis`, several replicas log a user in once.
 *
 * ```ts
 * tokens: { store: new KeyvTokenStore(new Keyv(new KeyvRedis(url)), { keys: [{ id: '2026-11', key }] }) }
 * ```
 */
export class KeyvTokenStore implements TokenStore {
  readonly #rows: SealedKeyv;
  readonly #keyv: KeyvLike;

  /** @throws DfnsError `DFNS_CONFIGURATION` for keys that cannot seal */
  constructor(keyv: KeyvLike, sealing: SealingOptions) {
    this.#rows = new SealedKeyv(keyv, sealing, 'dfns-token');
    this.#keyv = keyv;
  }

  get(key: string): Promise<string | undefined> {
    return this.#rows.get([key]);
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    return this.#rows.set([key], value, ttlMs);
  }

  /** Does nothing for a key that is unknown. */
  async delete(key: string): Promise<void> {
    await this.#rows.delete([key]);
  }

  /** With Redis, one replica at a time has the lock. Other adapters have no locks, so each replica may log in. */
  async lock(key: string, ttlMs: number): Promise<ReleaseLock | undefined> {
    const { store } = this.#keyv;
    return isKeyvRedis(store) ? lockInRedis(store, this.#rows.rowOf([key]), ttlMs) : async () => {};
  }
}

/** The members of a node-redis client that are used. */
export interface RedisClientLike {
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** The members of the adapter of `@keyv/redis` that are used. */
export interface KeyvRedisLike {
  namespace?: string;
  getClient(): Promise<RedisClientLike>;
}

const DELETE_IF_OURS = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

/** Whether this is the adapter of `@keyv/redis`. Other adapters have no locks. */
export function isKeyvRedis(store: unknown): store is KeyvRedisLike {
  return typeof (store as KeyvRedisLike | undefined)?.getClient === 'function';
}

/** Takes a lock with `SET NX PX`. Its value is a random id, so that a replica releases only its own lock. */
export async function lockInRedis(store: KeyvRedisLike, row: string, ttlMs: number): Promise<ReleaseLock | undefined> {
  const key = `${store.namespace ?? ''}:lock:${row}`;
  const owner = randomUUID();
  const client = await store.getClient();
  if ((await client.set(key, owner, { NX: true, PX: ttlMs })) === null) return undefined;
  return async () => {
    await client.eval(DELETE_IF_OURS, { keys: [key], arguments: [owner] });
  };
}
