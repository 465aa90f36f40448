import { randomUUID } from 'node:crypto';
import type { ReleaseLock, TokenStore } from '../config/stores.js';
import { type KeyvLike, SealedKeyv } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';

/**
 * A {@link TokenStore} in a Keyv, sealed with AES-256-GCM: nobody who reads the store learns a token or a username, and
 * a row that was altered or moved to another user does not open. Over `@keyv/redis` several replicas log a user in once.
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

  async delete(key: string): Promise<void> {
    await this.#rows.delete([key]);
  }

  /** With Redis, one replica at a time; other adapters have no locks, so there every replica may log in. */
  async lock(key: string, ttlMs: number): Promise<ReleaseLock | undefined> {
    const { store } = this.#keyv;
    return isKeyvRedis(store) ? lockInRedis(store, this.#rows.rowOf([key]), ttlMs) : async () => {};
  }
}

/** What is used of a node-redis client. */
export interface RedisClientLike {
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What is used of the adapter of `@keyv/redis`. */
export interface KeyvRedisLike {
  namespace?: string;
  getClient(): Promise<RedisClientLike>;
}

const DELETE_IF_OURS = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

/** Tells the adapter of `@keyv/redis` from one that has no locks. */
export function isKeyvRedis(store: unknown): store is KeyvRedisLike {
  return typeof (store as KeyvRedisLike | undefined)?.getClient === 'function';
}

/** `SET NX PX` with a value of our own, so that nobody gives back a lock that has passed on to another. */
export async function lockInRedis(store: KeyvRedisLike, row: string, ttlMs: number): Promise<ReleaseLock | undefined> {
  const key = `${store.namespace ?? ''}:lock:${row}`;
  const owner = randomUUID();
  const client = await store.getClient();
  if ((await client.set(key, owner, { NX: true, PX: ttlMs })) === null) return undefined;
  return async () => {
    await client.eval(DELETE_IF_OURS, { keys: [key], arguments: [owner] });
  };
}
