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
