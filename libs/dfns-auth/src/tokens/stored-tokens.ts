import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Clock, DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock, TokenStore } from '../config/stores.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import { CallScope } from '../http/call-scope.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';
import { userTokenProblem } from './user-token.js';

/** Milliseconds that the store may take over one answer. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is left alone, but for one probe each {@link HALF_OPEN_AFTER_MS}. */
const BREAK_AFTER = 3;
const HALF_OPEN_AFTER_MS = 1_000;

/** Tokens that were asked for until a moment are not served any more. */
export interface Drop {
  until: number;
}

/**
 * The tokens in the store of the application, which is trusted with nothing: each answer is awaited for
 * {@link STORE_TIMEOUT_MS}, and a token is checked to be the user's before it is used.
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

  /** @throws DfnsError `DFNS_CONFIGURATION` when it is not known for which organisation a shared store keeps tokens */
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
   * The user's token if there is one to serve.
   *
   * @param after a moment; a token asked for until then is not wanted
   * @throws when the store does not answer
   */
  async find(username: string, after: number): Promise<LiveToken | undefined> {
    const row = await this.#ask((store) => store.get(this.#key(username)));
    const live = this.#read(row, username);
    const dropped = this.lastDrop(username)?.until ?? Number.NEGATIVE_INFINITY;
    return live && live.askedAt > Math.max(after, dropped) ? live : undefined;
  }

  /**
   * Keeps a token for the other replicas, if it can.
   *
   * @param lastDrop what {@link lastDrop} was when the token was asked for; a token that was dropped since is not kept
   */
  async keep(username: string, { token, askedAt, staleAt }: LiveToken, lastDrop: Drop | undefined): Promise<void> {
    const ttlMs = staleAt - this.#now();
    if (ttlMs <= 0 || this.lastDrop(username) !== lastDrop) return;
    await this.#try((store) => store.set(this.#key(username), JSON.stringify({ token, askedAt }), ttlMs));
  }

  /** The last time that a token of the user was dropped. */
  lastDrop(username: string): Drop | undefined {
    return this.#drops.get(username);
  }

  /** Takes no token again that was asked for until `until`, whatever the store says. */
  drop(username: string, until: number): void {
    this.#drops.set(username, { until });
  }

  /** Drops the user's token, and removes it for the other replicas, if it can. */
  async forget(username: string): Promise<void> {
    this.drop(username, this.#now());
    await this.#try((store) => store.delete(this.#key(username)));
  }

  /**
   * The right to log the user in, or `undefined` while another replica has it.
   *
   * @throws when the store does not answer; a lock that arrives later is given back
   */
  async lock(username: string, ttlMs: number): Promise<ReleaseLock | undefined> {
    const release = await this.#ask(
      async (store) => (store.lock ? store.lock(this.#key(username), ttlMs) : async () => {}),
      (late) => void late?.().catch(() => {}),
    );
    return release && (() => this.#try(release));
  }

  /** Readable by no separator: JSON keeps the parts apart, and usernames that differ in anything differ here. */
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
    // The clock of the replica that asked may be ahead of ours.
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
