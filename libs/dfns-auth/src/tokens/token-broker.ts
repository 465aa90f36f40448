import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { isDfnsError } from '../errors/dfns-error.js';
import { type CallOptions, CallScope } from '../http/call-scope.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { SharedLogin } from './shared-login.js';
import { StoredTokens } from './stored-tokens.js';
import { isServable, type LiveToken } from './token-lifetime.js';

/** Milliseconds that a failed refresh is not tried again, while the old token is still served. */
const REFRESH_PAUSE_MS = 5_000;

/**
 * User tokens of one instance: kept up to a bound, asked for once however many wait, refreshed before they end.
 * No timers: freshness is decided when a token is read. The key is the username exactly as given.
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

  /** A token of the user if one is in memory; towards its end it is refreshed in the background. */
  kept(username: string): string | undefined {
    const live = this.#tokens.get(username);
    if (!live) return undefined;
    const now = this.#now();
    if (!isServable(live, now)) return undefined;
    if (now >= live.refreshAt) this.#refreshInBackground(username, live);
    this.#telemetry.token('hit', username);
    return live.token;
  }

  /** A token of the user, by a login where none is kept; `options` bound the wait of this caller alone. */
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

  /** A token of the user that is kept here or in the store; asks nobody for a new one. */
  async peek(username: string): Promise<string | undefined> {
    const kept = this.#tokens.peek(username);
    const live = kept ?? (await this.#stored.find(username, Number.NEGATIVE_INFINITY).catch(() => undefined));
    return live && isServable(live, this.#now()) ? live.token : undefined;
  }

  /** Drops the token here and in the store, and keeps a login under way from bringing it back. */
  async forget(username: string): Promise<void> {
    this.#tokens.delete(username);
    this.#flights.delete(username);
    await this.#stored.forget(username);
  }

  /** Drops the token that was refused, and no newer one. */
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

  /** One login for all who wait. It belongs to none of them: no caller's signal ends it, only the deadline does. */
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

  /** Whether the flight is still the current one of its user; it is no longer. */
  #land(username: string, flight: Promise<LiveToken>): boolean {
    return this.#flights.get(username) === flight && this.#flights.delete(username);
  }
}
