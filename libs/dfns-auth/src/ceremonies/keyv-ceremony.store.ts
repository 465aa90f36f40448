import type { CeremonyStore } from '../config/ceremony-store.js';
import { type KeyvLike, SealedKeyv } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';

/**
 * A {@link CeremonyStore} in a Keyv, sealed with AES-256-GCM, so that a ceremony begun on one replica can be finished on
 * another. Over `@keyv/redis`, and every adapter whose `delete` tells whether it deleted, a ceremony is taken once.
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
