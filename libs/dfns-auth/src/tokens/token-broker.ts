import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type CallOptions, CallScope } from '../client/call-scope.js';
import { type Clock, DFNS_CLOCK } from '../config/clock.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { isDfnsError } from '../errors/dfns.error.js';
import { DelegatedLogin } from './delegated-login.js';
import { isServable, type LiveToken, liveToken } from './token-lifetime.js';

/** Milliseconds that a failed refresh is not tried again, while the old token is still served. */
const REFRESH_PAUSE_MS = 5_000;

/**
 * User tokens of one registration: kept up to a bound, asked for once however many wait, refreshed before they end.
 * No timers: freshness is decided when a token is read. The key is the username exactly as given.
 */
@Injectable()
export class TokenBroker {
  readonly #login: DelegatedLogin;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;
  readonly #tokens: LRUCache<string, LiveToken>;
  readonly #flights = new Map<string, Promise<string>>();

  constructor(login: DelegatedLogin, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#login = login;
    this.#config = config;
    this.#now = now;
    this.#tokens = new LRUCache({ max: config.tokens.maxEntries });
  }

  /** A token of the user, from memory where there is one. */
  async get(username: string, options: CallOptions = {}): Promise<string> {
    const kept = this.#servable(username);
    if (kept) {
      if (this.#now() >= kept.refreshAt) this.#refreshBehind(username, kept);
      return kept.token;
    }
    const flight = this.#flights.get(username) ?? this.#fly(username);
    const deadlineMs = options.deadlineMs ?? this.#config.http.deadlineMs;
    return CallScope.run(deadlineMs, [options.signal], (scope) => scope.race(flight));
  }

  /** A token of the user if one is kept; asks nobody. */
  peek(username: string): string | undefined {
    return this.#servable(username)?.token;
  }

  /** Drops the token, and keeps a login under way from bringing it back. */
  forget(username: string): void {
    this.#tokens.delete(username);
    this.#flights.delete(username);
  }

  /** Drops the token that was refused, and no newer one. */
  forgetRefused(username: string, token: string): void {
    if (this.#tokens.peek(username)?.token === token) this.#tokens.delete(username);
  }

  #servable(username: string): LiveToken | undefined {
    const kept = this.#tokens.get(username);
    return kept && isServable(kept, this.#now()) ? kept : undefined;
  }

  #refreshBehind(username: string, kept: LiveToken): void {
    if (this.#flights.has(username)) return;
    this.#fly(username).catch((error: unknown) => {
      if (isDfnsError(error) && error.code.startsWith('DFNS_USER_')) this.forgetRefused(username, kept.token);
      kept.refreshAt = this.#now() + REFRESH_PAUSE_MS;
    });
  }

  /** One login for all who wait. It belongs to none of them: no caller's signal ends it, only the deadline does. */
  #fly(username: string): Promise<string> {
    const askedAt = this.#now();
    const flight = this.#login.login(username);
    this.#flights.set(username, flight);
    flight.then(
      (token) => {
        if (this.#land(username, flight)) this.#tokens.set(username, liveToken(token, askedAt, this.#config.tokens));
      },
      () => this.#land(username, flight),
    );
    return flight;
  }

  /** Whether the flight is still the current one of its user; it is no longer. */
  #land(username: string, flight: Promise<string>): boolean {
    return this.#flights.get(username) === flight && this.#flights.delete(username);
  }
}
