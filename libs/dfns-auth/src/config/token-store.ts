/**
 * Keeps user tokens outside the process, for several replicas. Values are opaque to the store. A store that fails or
 * hangs costs a login nothing but its own time limit.
 */
export interface TokenStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
}
