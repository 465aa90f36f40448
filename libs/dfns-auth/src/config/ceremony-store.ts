/**
 * Keeps ceremonies between a challenge and its answer. Values are opaque to the store and hold secrets. An entry is
 * taken once: of several `take` of one id at the same time, at most one gets the value.
 */
export interface CeremonyStore {
  /**
   * Keeps `value` under `id` for `ttlMs` milliseconds at most; a store that is full may drop its oldest entries.
   *
   * @param id made by us, unguessable, and different for each user; at most 200 ASCII characters
   */
  put(id: string, value: string, ttlMs: number): Promise<void>;
  /** Removes the value of `id` and returns it; `undefined` for one that is unknown, expired or taken. */
  take(id: string): Promise<string | undefined>;
}
