import type { Clock } from '../config/config.js';
import type { CeremonyOwner, CeremonyStore } from '../config/stores.js';
import { type KeyvLike, SealedKeyv, writeRefused } from '../sealing/sealed-keyv.js';
import type { SealingOptions } from '../sealing/sealer.js';
import { type RowIndex, rowIndexOf } from './row-index.js';

/**
 * Ceremonies in the memory of this process. If an owner has too many, the oldest of this owner goes. If there are too
 * many in all, the oldest goes. There are no timers.
 */
export class MemoryCeremonyStore implements CeremonyStore {
  readonly #maxEntries: number;
  readonly #now: Clock;
  /** In the order of insertion. */
  readonly #entries = new Map<string, { value: string; expiresAt: number; owner?: CeremonyOwner | undefined }>();
  /** The ids of the rows of each owner, in the order of insertion. */
  readonly #owned = new Map<string, Set<string>>();

  constructor(maxEntries: number, now: Clock) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  async put(id: string, value: string, ttlMs: number, owner?: CeremonyOwner): Promise<void> {
    this.#delete(id);
    if (owner) this.#addOwned(owner, id);
    this.#entries.set(id, { value, expiresAt: this.#now() + ttlMs, owner });
    // What has expired goes too: it holds secrets. The oldest are first.
    for (const [oldest, { expiresAt }] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#now() < expiresAt) return;
      this.#delete(oldest);
    }
  }

  async take(id: string): Promise<string | undefined> {
    const entry = this.#entries.get(id);
    this.#delete(id);
    return entry && this.#now() < entry.expiresAt ? entry.value : undefined;
  }

  #addOwned({ id: ownerId, maxRows }: CeremonyOwner, id: string): void {
    const owned = this.#owned.get(ownerId) ?? new Set();
    if (owned.size >= maxRows) this.#delete(owned.keys().next().value as string);
    this.#owned.set(ownerId, owned.add(id));
  }

  #delete(id: string): void {
    const owner = this.#entries.get(id)?.owner;
    this.#entries.delete(id);
    if (!owner) return;
    const owned = this.#owned.get(owner.id);
    owned?.delete(id);
    if (owned?.size === 0) this.#owned.delete(owner.id);
  }
}

/**
 * A {@link CeremonyStore} in a Keyv, sealed with AES-256-GCM. A ceremony that began on one replica can be finished on
 * another. A row is taken only once with `@keyv/redis`, and with every adapter whose `delete` finds out in one step
 * whether it deleted; that of `@keyv/postgres` looks first and deletes then. A row that was sealed with a key that this
 * replica does not have stays in the store.
 *
 * How far the bound of rows by user (20 open) holds:
 *
 * - With `@keyv/redis` it holds exactly, across all replicas: one script in Redis decides which row goes.
 * - With another adapter, an index row for each user says which rows are open. One process changes it once at a time, so
 *   there the bound holds. If two replicas begin ceremonies of one user at the same moment, one may overwrite the index
 *   of the other, and the user has more until the rows expire.
 *
 * ```ts
 * ceremonies: { store: new KeyvCeremonyStore(new Keyv(new KeyvRedis(url)), { keys: [{ id: '2026-11', key }] }) }
 * ```
 */
export class KeyvCeremonyStore implements CeremonyStore {
  readonly #rows: SealedKeyv;
  readonly #index: RowIndex;

  /** @throws DfnsError `DFNS_CONFIGURATION` for keys that cannot seal */
  constructor(keyv: KeyvLike, sealing: SealingOptions) {
    this.#rows = new SealedKeyv(keyv, sealing, 'dfns-ceremony');
    this.#index = rowIndexOf(keyv);
  }

  async put(id: string, value: string, ttlMs: number, owner?: CeremonyOwner): Promise<void> {
    await this.#rows.set([id], value, ttlMs);
    // Adapters such as KeyvRedis report failed writes only if they are told to. The index may be on another server.
    if ((await this.#rows.get([id])) !== value) throw writeRefused();
    const crowdedOut = owner ? await this.#index.add(owner, id) : [];
    await Promise.all(crowdedOut.map((other) => this.#rows.take([other])));
  }

  async take(id: string, owner?: CeremonyOwner): Promise<string | undefined> {
    const value = await this.#rows.take([id]);
    // In the background: a finished ceremony that still counts does no harm.
    if (owner && value !== undefined) void this.#index.remove(owner, id).catch(() => {});
    return value;
  }
}
