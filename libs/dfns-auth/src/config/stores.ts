/** Gives a lock back, if it is still held. */
export type ReleaseLock = () => Promise<void>;

/**
 * Keeps user tokens outside the process, for several replicas. Keys and values are opaque to the store, and values are
 * bearer tokens: seal them, as `KeyvTokenStore` does. A store that fails or hangs costs a login nothing but its own time
 * limit.
 */
export interface TokenStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Takes the right to log a user in, for `ttlMs` milliseconds at most, so that of several replicas one asks Dfns and
   * the others wait for its token. Resolves to `undefined` while another replica holds it. A store without locks lets
   * each replica log in for itself.
   */
  lock?(key: string, ttlMs: number): Promise<ReleaseLock | undefined>;
}

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
