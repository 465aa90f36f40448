import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Clock, DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock, TokenStore } from '../config/stores.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import { CallScope } from '../http/call-scope.js';
import { DroppedTokens } from './dropped-tokens.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';
import { userTokenProblem } from './user-token.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is not used, except for one test every {@link HALF_OPEN_AFTER_MS} ms. */
const BREAK_AFTER = 3;
const HALF_OPEN_AFTER_MS = 1_000;

/** A row of the store, if it holds a token of its user. */
interface StoredToken {
  token: string;
  /** When the token was asked for, in milliseconds since 1970 by the clock of the replica that asked. */
  askedAt: number;
}

/**
 * The tokens in the store of the application, and the tokens that are never served again. The store is not trusted:
 * each operation has a limit of {@link STORE_TIMEOUT_MS} milliseconds, and before a token is used, it is checked that
 * the token belongs to the user and was not dropped.
 */
export class StoredTokens {
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #orgId: string | undefined;
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(BREAK_AFTER),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });
  readonly #dropped = new DroppedTokens();

  private constructor(config: DfnsAuthConfig, now: Clock, orgId: string | undefined) {
    this.#config = config;
    this.#now = now;
    this.#orgId = orgId;
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
   * @param newerThan a token that is kept already; only a newer one is returned
   * @throws if the store fails or does not answer in time
   */
  async find(username: string, newerThan?: LiveToken): Promise<LiveToken | undefined> {
    const stored = await this.#row(username);
    if (!stored || this.#dropped.has(stored.token)) return undefined;
    if (this.#dropped.takeUnread(username)) {
      this.refuse(username, stored.token);
      return undefined;
    }
    const now = this.#now();
    // The clock of the replica that asked for the token may be ahead of ours.
    const live = liveToken(stored.token, Math.min(stored.askedAt, now), this.#config.tokens);
    if (!isServable(live, now)) return undefined;
    const isNewer = !newerThan || (live.token !== newerThan.token && live.askedAt > newerThan.askedAt);
    return isNewer ? live : undefined;
  }

  /** Writes a token to the store, for the other replicas. Failures of the store are ignored. */
  async keep(username: string, { token, askedAt, staleAt }: LiveToken): Promise<void> {
    const ttlMs = staleAt - this.#now();
    if (ttlMs <= 0) return;
    await this.#try(async (store) => {
      await store.set(this.#key(username), JSON.stringify({ token, askedAt }), ttlMs);
      this.#dropped.takeUnread(username);
      // It may have been dropped while it was written.
      if (this.#dropped.has(token)) void this.#remove(username, token);
    });
  }

  /** Whether the token is never served again. */
  isDropped(token: string): boolean {
    return this.#dropped.has(token);
  }

  /** From now on, the token is not served any more, whatever the store says. */
  drop(token: string): void {
    this.#dropped.add(token);
  }

  /** Drops a token, and removes it from the store in the background, unless the store has another one by then. */
  refuse(username: string, token: string): void {
    if (this.#dropped.add(token)) void this.#remove(username, token);
  }

  /** Drops the token in the store, deletes its row, and returns it. Failures of the store are ignored. */
  async forget(username: string): Promise<string | undefined> {
    let stored: StoredToken | undefined;
    try {
      stored = await this.#row(username);
      if (stored) this.#dropped.add(stored.token);
    } catch {
      this.#dropped.addUnread(username);
    }
    await this.#try((store) => store.delete(this.#key(username)));
    return stored?.token;
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

  async #row(username: string): Promise<StoredToken | undefined> {
    const row = await this.#ask((store) => store.get(this.#key(username)));
    let stored: Partial<Record<keyof StoredToken, unknown>> | null = null;
    try {
      stored = JSON.parse(String(row));
    } catch {
      return undefined;
    }
    const { token, askedAt } = stored ?? {};
    if (typeof askedAt !== 'number' || userTokenProblem(token, username, this.#orgId) !== undefined) return undefined;
    return { token: token as string, askedAt };
  }

  /** Deletes the row of the user if it holds this token. Failures of the store are ignored. */
  async #remove(username: string, token: string): Promise<void> {
    const stored = await this.#row(username).catch(() => undefined);
    if (stored?.token === token) await this.#try((store) => store.delete(this.#key(username)));
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
