import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Clock, DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock, TokenStore } from '../config/stores.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import { CallScope } from '../http/call-scope.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';
import { userTokenProblem } from './user-token.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is not used, except for one test every {@link HALF_OPEN_AFTER_MS} ms. */
const BREAK_AFTER = 3;
const HALF_OPEN_AFTER_MS = 1_000;

/** Tokens that were asked for until this time, in milliseconds since 1970, are no longer served. */
export interface Drop {
  until: number;
}

/**
 * The tokens in the store of the application. The store is not trusted: each operation has a limit of
 * {@link STORE_TIMEOUT_MS} milliseconds, and before a token is used, it is checked that the token belongs to the user.
 */
export class StoredTokens {
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #orgId: string | undefined;
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(BREAK_AFTER),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });
  readonly #drops: LRUCache<string, Drop>;

  private constructor(config: DfnsAuthConfig, now: Clock, orgId: string | undefined) {
    this.#config = config;
    this.#now = now;
    this.#orgId = orgId;
    this.#drops = new LRUCache({ max: config.tokens.maxEntries });
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` if there is a store and the organisation of its tokens is not known */
  static async open(config: DfnsAuthConfig, now: Clock): Promise<StoredTokens> {
    const orgId = config.orgId ?? readTokenClaims(await config.authToken())?.orgId;
    if (config.tokens.store && orgId === undefined) {
      throw new DfnsError(
        'DFNS_CONFIGURATION',
        'tokens.store needs orgId, since the token of the service account does not name its organisation',
      );
    }
    return new StoredTokens(config, now, orgId);
  }

  /**
   * The user's token in the store, if it may be served.
   *
   * @param after a time in milliseconds since 1970; a token that was asked for until then is not returned
   * @throws if the store fails or does not answer in time
   */
  async find(username: string, after: number): Promise<LiveToken | undefined> {
    const row = await this.#ask((store) => store.get(this.#key(username)));
    const live = this.#read(row, username);
    const dropped = this.lastDrop(username)?.until ?? Number.NEGATIVE_INFINITY;
    return live && live.askedAt > Math.max(after, dropped) ? live : undefined;
  }

  /**
   * Writes a token to the store, for the other replicas. Failures of the store are ignored.
   *
   * @param lastDrop what {@link lastDrop} returned when the token was asked for; if a token was dropped since then,
   * nothing is written
   */
  async keep(username: string, { token, askedAt, staleAt }: LiveToken, lastDrop: Drop | undefined): Promise<void> {
    const ttlMs = staleAt - this.#now();
    if (ttlMs <= 0 || this.lastDrop(username) !== lastDrop) return;
    await this.#try((store) => store.set(this.#key(username), JSON.stringify({ token, askedAt }), ttlMs));
  }

  /** The last drop of a token of the user. */
  lastDrop(username: string): Drop | undefined {
    return this.#drops.get(username);
  }

  /** From now on, no token is served that was asked for until `until`, even if the store has one. */
  drop(username: string, until: number): void {
    this.#drops.set(username, { until });
  }

  /** Drops the user's token, and deletes it in the store. Failures of the store are ignored. */
  async forget(username: string): Promise<void> {
    this.drop(username, this.#now());
    await this.#try((store) => store.delete(this.#key(username)));
  }

  /**
   * The lock to log the user in, or `undefined` while another replica has it.
   *
   * @throws if the store fails or does not answer in time; a lock that arrives later is released
   */
  async lock(username: string, ttlMs: number): Promise<ReleaseLock | undefined> {
    const release = await this.#ask(
      async (store) => (store.lock ? store.lock(this.#key(username), ttlMs) : async () => {}),
      (late) => void late?.().catch(() => {}),
    );
    return release && (() => this.#try(release));
  }

  /** JSON separates the parts of the key, so usernames that differ have keys that differ. */
  #key(username: string): string {
    return JSON.stringify([this.#config.baseUrl, this.#orgId, username]);
  }

  #read(row: unknown, username: string): LiveToken | undefined {
    let stored: { token?: unknown; askedAt?: unknown } | null = null;
    try {
      stored = JSON.parse(String(row));
    } catch {
      return undefined;
    }
    const { token, askedAt } = stored ?? {};
    if (typeof askedAt !== 'number' || userTokenProblem(token, username, this.#orgId) !== undefined) return undefined;
    const now = this.#now();
    // The clock of the replica that asked for the token may be ahead of ours.
    const live = liveToken(token as string, Math.min(askedAt, now), this.#config.tokens);
    return isServable(live, now) ? live : undefined;
  }

  async #try(call: (store: TokenStore) => Promise<void>): Promise<void> {
    await this.#ask(call).catch(() => {});
  }

  async #ask<T>(call: (store: TokenStore) => Promise<T>, late?: (result: T) => void): Promise<T | undefined> {
    const { store } = this.#config.tokens;
    if (!store) return undefined;
    return this.#breaker.execute(async () => {
      const answer = call(store);
      try {
        return await CallScope.run(STORE_TIMEOUT_MS, [], () => answer);
      } catch (error) {
        if (late) answer.then(late, () => {});
        throw error;
      }
    });
  }
}
