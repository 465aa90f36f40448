/** Releases a lock, if it is still held. */
export type ReleaseLock = () => Promise<void>;

/**
 * Keeps user tokens outside the process, for several replicas. Keys and values are opaque to the store. Values are
 * bearer tokens: seal them, as `KeyvTokenStore` does. If the store fails or takes over 500 ms, logins work without it.
 */
export interface TokenStore {
  /** Resolves to `undefined` for a key that is unknown or expired. */
  get(key: string): Promise<string | undefined>;
  /** Keeps `value` for at most `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Takes the lock to log a user in, for at most `ttlMs` milliseconds. The replica that has the lock asks Dfns, and the
   * others wait for its token. Resolves to `undefined` while another replica has the lock. Without this method, each
   * replica logs in for itself.
   */
  lock?(key: string, ttlMs: number): Promise<ReleaseLock | undefined>;
}

/**
 * Keeps ceremonies until the browser answers the challenge. Values are opaque to the store and hold secrets. If several
 * `take` of one id run at the same time, at most one gets the value.
 */
export interface CeremonyStore {
  /**
   * Keeps `value` under `id` for at most `ttlMs` milliseconds. A full store may drop its oldest rows.
   *
   * @param id made by this package, unguessable, and different for each user; at most 200 ASCII characters
   */
  put(id: string, value: string, ttlMs: number): Promise<void>;
  /** Removes the row of `id` and returns its value; `undefined` if the id is unknown, expired or already taken. */
  take(id: string): Promise<string | undefined>;
}
