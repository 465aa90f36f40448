import type { Clock } from '../config/config.js';
import type { CeremonyStore } from '../config/stores.js';
import { type KeyvLike, SealedKeyv } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';

/** Ceremonies in the memory of this process. If there are too many, the oldest is dropped. There are no timers. */
export class MemoryCeremonyStore implements CeremonyStore {
  readonly #maxEntries: number;
  readonly #now: Clock;
  /** In the order of insertion. */
  readonly #entries = new Map<string, { value: string; expiresAt: number }>();

  constructor(maxEntries: number, now: Clock) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  async put(id: string, value: string, ttlMs: number): Promise<void> {
    this.#dropDead();
    this.#entries.set(id, { value, expiresAt: this.#now() + ttlMs });
    if (this.#entries.size > this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  async take(id: string): Promise<string | undefined> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry && this.#now() < entry.expiresAt ? entry.value : undefined;
  }

  /** Drops expired entries. The oldest are first, so it stops at the first entry that has not expired. */
  #dropDead(): void {
    for (const [id, { expiresAt }] of this.#entries) {
      if (this.#now() < expiresAt) return;
      this.#entries.delete(id);
    }
  }
}

/**
 * A {@link CeremonyStore} in a Keyv, sealed with AES-256-GCM. A ceremony that began on one replica can be finished on
 * another. A row is taken only once with `@keyv/redis`, and with every adapter whose `delete` reports whether it
 * deleted.
 *
 * ```ts
 * ceremonies: { store: new KeyvCeremonyStore(new Keyv(new KeyvRedis(url)), { keys: [{ id: '2026-11', key }] }) }
 * ```
 */
export class KeyvCeremonyStore implements CeremonyStore {
  readonly #rows: SealedKeyv;

  /** @throws DfnsError `DFNS_CONFIGURATION` for keys that cannot seal */
  constructor(keyv: KeyvLike, sealing: SealingOptions) {
    this.#rows = new SealedKeyv(keyv, sealing, 'dfns-ceremony');
  }

  put(id: string, value: string, ttlMs: number): Promise<void> {
    return this.#rows.set([id], value, ttlMs);
  }

  take(id: string): Promise<string | undefined> {
    return this.#rows.take([id]);
  }
}
