import type { Clock, DfnsAuthConfig } from '../config/config.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import { DroppedTokens } from './dropped-tokens.js';
import { GuardedStore } from './guarded-store.js';
import { LoginLock } from './login-lock.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';
import { userTokenProblem } from './user-token.js';

/** A row of the store, if it holds a token of its user. */
interface StoredToken {
  token: string;
  /** When the token was asked for, in milliseconds since 1970 by the clock of the replica that asked. */
  askedAt: number;
}

/**
 * The tokens in the store of the application, if it has one, and the tokens that are never served again. The store is
 * not trusted: before a token is used, it is checked that the token belongs to the user and was not dropped.
 */
export class StoredTokens {
  readonly #store: GuardedStore | undefined;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #orgId: string | undefined;
  readonly #dropped = new DroppedTokens();
  /** Only if there is a store. */
  readonly lock: LoginLock | undefined;

  private constructor(config: DfnsAuthConfig, now: Clock, orgId: string | undefined) {
    this.#config = config;
    this.#now = now;
    this.#orgId = orgId;
    const { store } = config.tokens;
    if (!store) return;
    this.#store = new GuardedStore(store, [config.baseUrl, String(orgId)]);
    this.lock = new LoginLock(this.#store);
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
    await this.#store?.try(async (store) => {
      await store.set(this.#keyOf(username), JSON.stringify({ token, askedAt }), ttlMs);
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
    await this.#store?.try((store) => store.delete(this.#keyOf(username)));
    return stored?.token;
  }

  #keyOf(username: string): string {
    return this.#store?.keyOf(username) as string;
  }

  async #row(username: string): Promise<StoredToken | undefined> {
    const row = await this.#store?.ask((store) => store.get(this.#keyOf(username)));
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
    if (stored?.token === token) await this.#store?.try((store) => store.delete(this.#keyOf(username)));
  }
}
