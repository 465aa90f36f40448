import type { CeremonyStore } from '../config/ceremony-store.js';
import type { Clock } from '../config/clock.js';

/** Ceremonies in the memory of this process. When there are too many, the oldest are dropped. No timers. */
export class MemoryCeremonyStore implements CeremonyStore {
  readonly #maxEntries: number;
  readonly #now: Clock;
  /** In the order in which they came. */
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

  /** All live equally long, so the dead are at the front. */
  #dropDead(): void {
    for (const [id, { expiresAt }] of this.#entries) {
      if (this.#now() < expiresAt) return;
      this.#entries.delete(id);
    }
  }
}
