import { Injectable } from '@nestjs/common';
import { ApiCalls } from '../api/api-calls.js';
import type { CallOptions } from '../client/call-scope.js';
import { isDfnsError } from '../errors/dfns.error.js';
import { DelegatedLogin } from '../tokens/delegated-login.js';
import { TokenBroker } from '../tokens/token-broker.js';
import { checked } from './checked.js';
import { DelegatedLoginDto } from './delegated-login.dto.js';

/** Answer of a delegated login: a token that reads as the user, and writes nothing without their signature. */
export interface DelegatedLoginResponse {
  token: string;
}

/**
 * What the back end does for its users as their service account.
 *
 * Whoever chooses `username` is that user: take it from your own authenticated principal.
 */
@Injectable()
export class DelegatedAuthService {
  readonly #login: DelegatedLogin;
  readonly #tokens: TokenBroker;
  readonly #calls: ApiCalls;

  constructor(login: DelegatedLogin, tokens: TokenBroker, calls: ApiCalls) {
    this.#login = login;
    this.#tokens = tokens;
    this.#calls = calls;
  }

  /**
   * Logs a user in without their credentials. Always asks Dfns: three requests. {@link getToken} is what you want in a
   * request handler.
   *
   * @throws DfnsError `DFNS_USER_NOT_FOUND`, `DFNS_USER_DEACTIVATED`, `DFNS_BAD_REQUEST` before any request, and those
   * of every call
   */
  async login(request: DelegatedLoginDto, options: CallOptions = {}): Promise<DelegatedLoginResponse> {
    const { username } = checked(DelegatedLoginDto, request);
    return { token: await this.#login.login(username, options) };
  }

  /**
   * A user token, from memory where there is one; concurrent callers share one login, and a token is refreshed before
   * it ends. `options` bound the wait of this caller alone.
   *
   * @throws DfnsError as {@link login}
   */
  async getToken(username: string, options: CallOptions = {}): Promise<string> {
    return this.#tokens.kept(username) ?? this.#tokens.get(checked(DelegatedLoginDto, { username }).username, options);
  }

  /**
   * Calls with a user token; where Dfns refuses the token (`DFNS_USER_UNAUTHORIZED`) it drops that token and calls
   * once more with a fresh one.
   */
  async withToken<T>(username: string, call: (token: string) => Promise<T>): Promise<T> {
    const token = await this.getToken(username);
    try {
      return await call(token);
    } catch (error) {
      if (!isDfnsError(error) || error.code !== 'DFNS_USER_UNAUTHORIZED') throw error;
      this.#tokens.forgetRefused(username, token);
      return call(await this.getToken(username));
    }
  }

  /**
   * Drops the user's token here and in a shared store; a login under way does not bring it back. Other replicas serve
   * what they hold until they refresh it: to end a session everywhere, {@link logout}.
   */
  forget(username: string): Promise<void> {
    return this.#tokens.forget(username);
  }

  /**
   * Ends the user's session at Dfns (`PUT /auth/logout`, spec 11.4), if a token of theirs is kept, and forgets it in
   * any case.
   */
  async logout(username: string): Promise<void> {
    const userToken = await this.#tokens.peek(username);
    await this.#tokens.forget(username);
    if (userToken === undefined) return;
    try {
      await this.#calls.perform(
        { method: 'PUT', path: '/auth/logout', body: {}, caller: { userToken } },
        { repeatable: true, read: () => undefined },
        {},
      );
    } catch (error) {
      // The token was dead already, which is what a logout is for.
      if (!isDfnsError(error) || error.code !== 'DFNS_USER_UNAUTHORIZED') throw error;
    }
  }
}
