import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import type { ReleaseLock } from '../config/stores.js';
import { CallScope } from '../http/call-scope.js';
import { EndSignal } from '../http/end-signal.js';
import { DelegatedLogin } from './delegated-login.js';
import type { LoginFlight } from './login-flight.js';
import { type HolderWatch, LOCK_MS, type LoginLock } from './login-lock.js';
import { StoredTokens } from './stored-tokens.js';
import { type LiveToken, liveToken } from './token-lifetime.js';

interface TokenOrLock {
  found?: LiveToken | undefined;
  release?: ReleaseLock;
}

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
  readonly #shutdown = new EndSignal();

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
  }

  /**
   * A token from the store, or from a login.
   *
   * @throws DfnsError of the login, never of the store; `DFNS_ABORTED` if no call is left before the login begins
   */
  async obtain(username: string, flight: LoginFlight): Promise<LiveToken> {
    const { lock } = this.#stored;
    if (!lock) return this.#logIn(username, flight);
    const { found, release } = await this.#findOrLock(username, flight, lock);
    if (found && !this.#stored.isDropped(found.token)) return found;
    let live: LiveToken;
    try {
      live = await this.#logIn(username, flight);
    } catch (error) {
      void release?.();
      throw error;
    }
    // In the background: no call waits for the store.
    void (flight.isForgotten ? Promise.resolve() : this.#stored.keep(username, live)).then(release);
    return live;
  }

  /** Ends the waits for other replicas. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }

  async #logIn(username: string, flight: LoginFlight): Promise<LiveToken> {
    flight.begin();
    const askedAt = this.#now();
    return liveToken(await this.#login.login(username), askedAt, this.#config.tokens);
  }

  /**
   * A token or the lock. Neither if the store fails, if the replica that has the lock stopped, or if the wait ends: then
   * this replica logs in without a lock.
   */
  async #findOrLock(username: string, flight: LoginFlight, lock: LoginLock): Promise<TokenOrLock> {
    const wait = async (holder: HolderWatch, scope: CallScope) => {
      for (;;) {
        const found = await this.#stored.find(username, flight.newerThan);
        if (found) return { found };
        scope.throwIfEnded();
        const release = await lock.take(username);
        if (release) return this.#lockedOrFound(username, release, flight, scope);
        const pauseMs = await holder.nextPauseMs(flight.patienceMs);
        // The holder may also have ended a moment ago.
        if (pauseMs === undefined) return { found: await this.#stored.find(username, flight.newerThan) };
        await scope.sleep(pauseMs);
      }
    };
    const ends = [this.#shutdown, flight.waitSignal];
    return lock
      .watching(username, (holder) => CallScope.run(LOCK_MS, ends, (scope) => wait(holder, scope)))
      .catch(() => ({}));
  }

  /** Reads the store again: before this replica got the lock, another one may have logged in. */
  async #lockedOrFound(
    username: string,
    release: ReleaseLock,
    { newerThan }: LoginFlight,
    scope: CallScope,
  ): Promise<TokenOrLock> {
    const found = await this.#stored.find(username, newerThan).catch(() => undefined);
    // If the wait has ended, nobody would release the lock later.
    if (!found && !scope.endSignal.aborted) return { release };
    void release();
    return { found };
  }
}
