import type { ReleaseLock, TokenStore } from '../config/token-store.js';
import { type KeyvLike, SealedKeyv } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';
import { isKeyvRedis, lockInRedis } from './redis-lock.js';

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
