import { setMaxListeners } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock } from '../config/stores.js';
import { CallScope } from '../http/call-scope.js';
import { DelegatedLogin } from './delegated-login.js';
import { StoredTokens } from './stored-tokens.js';
import { type LiveToken, liveToken } from './token-lifetime.js';

/** Longest time that a replica has the right to log a user in, and that the others wait for its token. */
const LOCK_MS = 5_000;
/** At most this share of a call's deadline goes by waiting for another replica. */
const SHARE = 1 / 3;
/** How often those who wait look. */
const POLL_MS = 50;

/**
 * Logs a user in once for all replicas: with a store, one of them asks Dfns while the others wait for its token. What the
 * store cannot do, for whatever reason, is done without it.
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
    // Each wait under way listens.
    setMaxListeners(0, this.#shutdown.signal);
  }

  /**
   * A token from the store, or of a login.
   *
   * @param after a moment; a token asked for until then is not wanted
   * @throws DfnsError of the login; never for the store
   */
  async obtain(username: string, after: number): Promise<LiveToken> {
    if (!this.#config.tokens.store) return this.#ask(username);
    const lastDrop = this.#stored.lastDrop(username);
    const { found, release } = await this.#findOrLock(username, after);
    if (found) return found;
    let live: LiveToken;
    try {
      live = await this.#ask(username);
    } catch (error) {
      void release?.();
      throw error;
    }
    // Behind the callers: the store is not worth their time.
    void this.#stored.keep(username, live, lastDrop).then(release);
    return live;
  }

  /** Ends the waiting for other replicas. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }

  async #ask(username: string): Promise<LiveToken> {
    const askedAt = this.#now();
    return liveToken(await this.#login.login(username), askedAt, this.#config.tokens);
  }

  /** Neither, where the store fails or the wait was long enough: then whoever comes logs in. */
  async #findOrLock(username: string, after: number): Promise<{ found?: LiveToken; release?: ReleaseLock }> {
    const lockMs = Math.min(LOCK_MS, Math.ceil(this.#config.http.deadlineMs * SHARE));
    const wait = async (scope: CallScope) => {
      for (;;) {
        const found = await this.#stored.find(username, after);
        if (found) return { found };
        const release = await this.#stored.lock(username, lockMs);
        if (release) return this.#lockedOrFound(username, after, release);
        await scope.sleep(POLL_MS);
      }
    };
    return CallScope.run(lockMs, [this.#shutdown.signal], wait).catch(() => ({}));
  }

  /** Between our look and our lock another replica may have logged in and gone. */
  async #lockedOrFound(username: string, after: number, release: ReleaseLock) {
    const found = await this.#stored.find(username, after).catch(() => undefined);
    if (!found) return { release };
    void release();
    return { found };
  }
}
