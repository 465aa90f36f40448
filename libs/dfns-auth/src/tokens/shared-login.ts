import { setMaxListeners } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock } from '../config/stores.js';
import { CallScope } from '../http/call-scope.js';
import { DelegatedLogin } from './delegated-login.js';
import { StoredTokens } from './stored-tokens.js';
import { type LiveToken, liveToken } from './token-lifetime.js';

/** Longest time in milliseconds that a replica has the lock, and that other replicas wait for its token. */
const LOCK_MS = 5_000;
/** Largest share of the deadline that is used to wait for another replica. */
const SHARE = 1 / 3;
/** Milliseconds between two reads of the store while waiting. */
const POLL_MS = 50;

/**
 * Logs a user in once for all replicas. With a store, one replica asks Dfns while the others wait for its token. If the
 * store fails, the login works without it.
 */
@Injectable()
export class SharedLogin implements OnApplicationShutdown {
  readonly #login: DelegatedLogin;
  readonly #stored: StoredTokens;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #shutdown = new AbortController();

  constructor(
    login: DelegatedLogin,
    stored: StoredTokens,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
  ) {
    this.#login = login;
    this.#stored = stored;
    this.#config = config;
    this.#now = now;
    // Each running wait adds a listener.
    setMaxListeners(0, this.#shutdown.signal);
  }

  /**
   * A token from the store, or from a login.
   *
   * @param newerThan a token that is kept already; only a newer one is taken from the store
   * @param isWanted whether the token of a login may be written to the store
   * @throws DfnsError of the login; never of the store
   */
  async obtain(username: string, newerThan: LiveToken | undefined, isWanted: () => boolean): Promise<LiveToken> {
    if (!this.#config.tokens.store) return this.#ask(username);
    const { found, release } = await this.#findOrLock(username, newerThan);
    if (found && !this.#stored.isDropped(found.token)) return found;
    let live: LiveToken;
    try {
      live = await this.#ask(username);
    } catch (error) {
      void release?.();
      throw error;
    }
    // In the background: no call waits for the store.
    void (isWanted() ? this.#stored.keep(username, live) : Promise.resolve()).then(release);
    return live;
  }

  /** Ends the waits for other replicas. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }

  async #ask(username: string): Promise<LiveToken> {
    const askedAt = this.#now();
    return liveToken(await this.#login.login(username), askedAt, this.#config.tokens);
  }

  /**
   * A token or the lock. Neither if the store fails or the wait is too long: then this replica logs in without a lock.
   */
  async #findOrLock(username: string, newerThan?: LiveToken): Promise<{ found?: LiveToken; release?: ReleaseLock }> {
    const lockMs = Math.min(LOCK_MS, Math.ceil(this.#config.http.deadlineMs * SHARE));
    const wait = async (scope: CallScope) => {
      for (;;) {
        const found = await this.#stored.find(username, newerThan);
        if (found) return { found };
        const release = await this.#stored.lock(username, lockMs);
        if (release) return this.#lockedOrFound(username, release, newerThan);
        await scope.sleep(POLL_MS);
      }
    };
    return CallScope.run(lockMs, [this.#shutdown.signal], wait).catch(() => ({}));
  }

  /** Reads the store again: before this replica got the lock, another one may have logged in. */
  async #lockedOrFound(username: string, release: ReleaseLock, newerThan?: LiveToken) {
    const found = await this.#stored.find(username, newerThan).catch(() => undefined);
    if (!found) return { release };
    void release();
    return { found };
  }
}
