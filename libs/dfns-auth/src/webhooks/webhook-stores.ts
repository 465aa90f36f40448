import type { Clock } from '../config/config.js';
import type { ReleaseLock, WebhookStore } from '../config/stores.js';
import { type KeyvLike, writeRefused } from '../sealing/sealed-keyv.js';
import { isKeyvRedis, lockInRedis } from '../tokens/keyv-token-store.js';

/** Handled events in the memory of this process. If there are too many, the oldest is forgotten. There are no timers. */
export class MemoryWebhookStore implements WebhookStore {
  readonly #maxEntries: number;
  readonly #now: Clock;
  /** In the order of insertion. */
  readonly #rows = new Map<string, { value: string; expiresAt: number }>();

  constructor(maxEntries: number, now: Clock) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  async get(key: string): Promise<string | undefined> {
    const row = this.#rows.get(key);
    return row && this.#now() < row.expiresAt ? row.value : undefined;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#rows.delete(key);
    this.#rows.set(key, { value, expiresAt: this.#now() + ttlMs });
    for (const [oldest, { expiresAt }] of this.#rows) {
      if (this.#rows.size <= this.#maxEntries && this.#now() < expiresAt) return;
      this.#rows.delete(oldest);
    }
  }
}

/**
 * A {@link WebhookStore} in a Keyv, for several replicas. Its rows are hashes of kinds, ids and statuses, so they are not
 * sealed.
 *
 * - With `@keyv/redis`, an event is handled by one replica, also if two receive it at the same moment.
 * - Other adapters have no locks. An event that was handled is not handled again, but two replicas that receive the same
 *   event at the same moment may both handle it.
 *
 * ```ts
 * webhooks: { secrets, store: new KeyvWebhookStore(new Keyv(new KeyvRedis(url))) }
 * ```
 */
export class KeyvWebhookStore implements WebhookStore {
  readonly #keyv: KeyvLike;

  constructor(keyv: KeyvLike) {
    this.#keyv = keyv;
  }

  async get(key: string): Promise<string | undefined> {
    const value = await this.#keyv.get(rowOf(key));
    return typeof value === 'string' ? value : undefined;
  }

  /** @throws DfnsError `DFNS_UNAVAILABLE` if the Keyv says that it did not keep the row */
  async set(key: string, value: string, ttlMs: number): Promise<void> {
    if ((await this.#keyv.set(rowOf(key), value, ttlMs)) === false) throw writeRefused();
  }

  async lock(key: string, ttlMs: number): Promise<ReleaseLock | undefined> {
    const { store } = this.#keyv;
    return isKeyvRedis(store) ? lockInRedis(store, rowOf(key), ttlMs) : async () => {};
  }
}

function rowOf(key: string): string {
  return `dfns-webhook:${key}`;
}
