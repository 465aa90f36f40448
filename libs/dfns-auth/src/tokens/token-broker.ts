import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { isDfnsError } from '../errors/dfns-error.js';
import { type CallOptions, CallScope } from '../http/call-scope.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { LoginFlight } from './login-flight.js';
import { RecentTokens } from './recent-tokens.js';
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
  readonly #tokens: RecentTokens;
  readonly #flights = new Map<string, LoginFlight>();

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
    this.#tokens = new RecentTokens(config.tokens.maxEntries);
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

  /**
   * A token of the user, from a login if none is kept. `options` limit only the wait of this call: a login that has
   * begun goes on for others, and its token is kept. A login that no call waits for does not begin.
   */
  async get(username: string, options: CallOptions = {}): Promise<string> {
    const kept = this.kept(username);
    if (kept !== undefined) return kept;
    const { token } = await CallScope.enter(options, this.#config.http.deadlineMs, [], async (scope) => {
      scope.throwIfEnded();
      const flight = this.#flights.get(username);
      const underWay = flight?.isAbandoned ? undefined : flight;
      this.#telemetry.token(underWay ? 'coalesced' : 'miss', username);
      return (underWay ?? this.#fly(username)).join(scope);
    });
    return token;
  }

  /**
   * Drops the tokens of the user in memory, at once, and in the store. A login that is running does not bring them back.
   *
   * @returns the token in memory, and the one in the store, which never rejects
   */
  forget(username: string): { kept: string | undefined; stored: Promise<string | undefined> } {
    const kept = this.#tokens.peek(username)?.token;
    this.#tokens.delete(username);
    this.#flights.get(username)?.forget();
    this.#flights.delete(username);
    if (kept !== undefined) this.#stored.drop(kept);
    return { kept, stored: this.#forgetStored(username) };
  }

  /** Drops the token that Dfns refused, here and in the store, but no newer one. */
  forgetRefused(username: string, token: string): void {
    if (this.#tokens.peek(username)?.token === token) this.#tokens.delete(username);
    this.#stored.refuse(username, token);
  }

  async #forgetStored(username: string): Promise<string | undefined> {
    const stored = await this.#stored.forget(username);
    // A login that began meanwhile may have found this token in the store.
    if (this.#tokens.peek(username)?.token === stored) this.#tokens.delete(username);
    return stored;
  }

  #refreshInBackground(username: string, live: LiveToken): void {
    if (this.#flights.has(username)) return;
    this.#fly(username, live).token.catch((error: unknown) => {
      if (isDfnsError(error) && error.code.startsWith('DFNS_USER_')) this.forgetRefused(username, live.token);
      live.refreshAt = this.#now() + REFRESH_PAUSE_MS;
    });
  }

  /** Starts one login for all calls that wait. */
  #fly(username: string, newerThan?: LiveToken): LoginFlight {
    const flight = new LoginFlight((own) => this.#login.obtain(username, own), newerThan);
    this.#flights.set(username, flight);
    flight.token.then(
      (live) => this.#land(username, flight, live),
      () => this.#land(username, flight),
    );
    return flight;
  }

  /** Ends a flight, and keeps its token unless the user or the token was dropped meanwhile. */
  #land(username: string, flight: LoginFlight, live?: LiveToken): void {
    if (this.#flights.get(username) === flight) this.#flights.delete(username);
    if (!live) return;
    if (flight.isForgotten) this.#stored.drop(live.token);
    else if (!this.#stored.isDropped(live.token)) this.#tokens.set(username, live);
  }
}
