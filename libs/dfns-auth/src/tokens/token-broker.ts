import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { isDfnsError } from '../errors/dfns-error.js';
import { type CallOptions, CallScope } from '../http/call-scope.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { SharedLogin } from './shared-login.js';
import { StoredTokens } from './stored-tokens.js';
import { isServable, type LiveToken } from './token-lifetime.js';

/** Milliseconds after a failed refresh without another one. The old token is still served. */
const REFRESH_PAUSE_MS = 5_000;

/**
 * User tokens of one instance, at most `tokens.maxEntries`. Concurrent calls share one login, and a token is refreshed
 * before it ends. There are no timers: the age of a token is checked when it is read. The key is the username exactly
 * as given.
 */
@Injectable()
export class TokenBroker {
  readonly #login: SharedLogin;
  readonly #stored: StoredTokens;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #telemetry: Telemetry;
  readonly #tokens: LRUCache<string, LiveToken>;
  readonly #flights = new Map<string, Promise<LiveToken>>();

  constructor(
    login: SharedLogin,
    stored: StoredTokens,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
    telemetry: Telemetry,
  ) {
    this.#login = login;
    this.#stored = stored;
    this.#config = config;
    this.#now = now;
    this.#telemetry = telemetry;
    this.#tokens = new LRUCache({ max: config.tokens.maxEntries });
  }

  /** A token of the user if there is one in memory. Before it ends, it is also refreshed in the background. */
  kept(username: string): string | undefined {
    const live = this.#tokens.get(username);
    if (!live) return undefined;
    const now = this.#now();
    if (!isServable(live, now)) return undefined;
    if (now >= live.refreshAt) this.#refreshInBackground(username, live);
    this.#telemetry.token('hit', username);
    return live.token;
  }

  /** A token of the user, from a login if none is kept. `options` limit only the wait of this call. */
  async get(username: string, options: CallOptions = {}): Promise<string> {
    const kept = this.kept(username);
    if (kept !== undefined) return kept;
    const underWay = this.#flights.get(username);
    this.#telemetry.token(underWay ? 'coalesced' : 'miss', username);
    const flight = underWay ?? this.#fly(username);
    const { deadlineMs } = this.#config.http;
    const { token } = await CallScope.enter(options, deadlineMs, [], (scope) => scope.race(flight));
    return token;
  }

  /** A token of the user that is in memory or in the store. It never logs in. */
  async peek(username: string): Promise<string | undefined> {
    const kept = this.#tokens.peek(username);
    const live = kept ?? (await this.#stored.find(username, Number.NEGATIVE_INFINITY).catch(() => undefined));
    return live && isServable(live, this.#now()) ? live.token : undefined;
  }

  /** Drops the token in memory and in the store. A login that is running does not bring it back. */
  async forget(username: string): Promise<void> {
    this.#tokens.delete(username);
    this.#flights.delete(username);
    await this.#stored.forget(username);
  }

  /** Drops the token that was refused, but no newer one. */
  forgetRefused(username: string, token: string): void {
    const kept = this.#tokens.peek(username);
    if (kept?.token !== token) return;
    this.#tokens.delete(username);
    this.#stored.drop(username, kept.askedAt);
  }

  #refreshInBackground(username: string, live: LiveToken): void {
    if (this.#flights.has(username)) return;
    this.#fly(username, live.askedAt).catch((error: unknown) => {
      if (isDfnsError(error) && error.code.startsWith('DFNS_USER_')) this.forgetRefused(username, live.token);
      live.refreshAt = this.#now() + REFRESH_PAUSE_MS;
    });
  }

  /** Starts one login for all calls that wait. The signal of one of them does not end it; the deadline does. */
  #fly(username: string, after = Number.NEGATIVE_INFINITY): Promise<LiveToken> {
    const flight = this.#login.obtain(username, after);
    this.#flights.set(username, flight);
    flight.then(
      (live) => {
        if (this.#land(username, flight)) this.#tokens.set(username, live);
      },
      () => this.#land(username, flight),
    );
    return flight;
  }

  /** Ends a flight. Returns whether it was still the current one of its user. */
  #land(username: string, flight: Promise<LiveToken>): boolean {
    return this.#flights.get(username) === flight && this.#flights.delete(username);
  }
}
