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
  /** Does nothing for a key that is unknown. */
  delete(key: string): Promise<void>;
  /**
   * Takes the lock to log a user in, for at most `ttlMs` milliseconds. The replica that has the lock asks Dfns, and the
   * others wait for its token. Resolves to `undefined` while another replica has the lock. Without this method, each
   * replica logs in for itself.
   */
  lock?(key: string, ttlMs: number): Promise<ReleaseLock | undefined>;
}

/** Whose row it is, so that nobody fills a store for everybody. */
export interface CeremonyOwner {
  /** Made by this package, and different for each user; at most 200 ASCII characters. */
  id: string;
  /** Rows that the owner may have. If there are more, the oldest row of this owner goes. */
  maxRows: number;
}

/**
 * Keeps ceremonies until the browser answers the challenge. Values are opaque to the store and hold secrets. If several
 * `take` of one id run at the same time, at most one gets the value. If the store fails or takes over 2 seconds, the
 * ceremony does not begin or is not finished.
 */
export interface CeremonyStore {
  /**
   * Keeps `value` under `id` for at most `ttlMs` milliseconds, and replaces an earlier row of `id`. A full store may drop
   * its oldest rows. It rejects, or resolves to `false`, if the row is not kept.
   *
   * @param id made by this package, unguessable, and different for each user; at most 200 ASCII characters
   * @param owner whose row it is; missing for a row that the user has only once
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most stores resolve to nothing
  put(id: string, value: string, ttlMs: number, owner?: CeremonyOwner): Promise<boolean | void>;
  /**
   * Removes the row of `id` and returns its value; `undefined` if the id is unknown, expired or already taken. A row that
   * the store cannot read stays, because another replica may be able to.
   *
   * @param owner as in {@link put}
   */
  take(id: string, owner?: CeremonyOwner): Promise<string | undefined>;
}

/**
 * Remembers which webhook events were handled, for several replicas. Keys are hashes, and no row is secret. If the store
 * fails or takes over 500 ms, the delivery is answered 503, and Dfns sends it again.
 */
export interface WebhookStore {
  /** Resolves to `undefined` for a key that is unknown or expired. */
  get(key: string): Promise<string | undefined>;
  /** Keeps `value` for at most `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /**
   * Takes the lock to handle an event, for at most `ttlMs` milliseconds. Resolves to `undefined` while another replica has
   * it. Without this method, two replicas that get the same event at the same moment may both handle it.
   */
  lock?(key: string, ttlMs: number): Promise<ReleaseLock | undefined>;
}
