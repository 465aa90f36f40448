import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { CallScope } from '../client/call-scope.js';
import type { Clock } from '../config/clock.js';
import type { DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { readTokenClaims } from '../config/token-claims.js';
import type { ReleaseLock, TokenStore } from '../config/token-store.js';
import { DfnsError } from '../errors/dfns.error.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';
import { userTokenProblem } from './user-token.js';

/** Milliseconds that the store may take over one answer. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is left alone, but for one probe each {@link HALF_OPEN_AFTER_MS}. */
const BREAK_AFTER = 3;
const HALF_OPEN_AFTER_MS = 1_000;

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
  /** When a user's token was dropped: nothing that was asked for until then is taken from the store again. */
  readonly #droppedAt: LRUCache<string, number>;

  private constructor(config: DfnsAuthConfig, now: Clock, orgId: string | undefined) {
    this.#config = config;
    this.#now = now;
    this.#orgId = orgId;
    this.#droppedAt = new LRUCache({ max: config.tokens.maxEntries });
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
    return live && live.askedAt > Math.max(after, this.#lastDrop(username)) ? live : undefined;
  }

  /** Keeps a token for the other replicas, if it can, and unless the user was forgotten since it was asked for. */
  async keep(username: string, { token, askedAt, staleAt }: LiveToken): Promise<void> {
    const ttlMs = staleAt - this.#now();
    if (ttlMs <= 0 || askedAt <= this.#lastDrop(username)) return;
    await this.#try((store) => store.set(this.#key(username), JSON.stringify({ token, askedAt }), ttlMs));
  }

  /** Takes no token again that was asked for until `askedAt`, whatever the store says. */
  drop(username: string, askedAt: number): void {
    this.#droppedAt.set(username, Math.max(askedAt, this.#lastDrop(username)));
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

  #lastDrop(username: string): number {
    return this.#droppedAt.get(username) ?? Number.NEGATIVE_INFINITY;
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
