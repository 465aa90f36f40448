import { Injectable } from '@nestjs/common';
import { type CallDetails, DfnsCalls } from '../calls/dfns-calls.js';
import type { DfnsRequest } from '../calls/dfns-request.js';
import { checked } from '../dto/checked.js';
import { DelegatedLoginDto } from '../dto/login.dto.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { CallOptions, CallScope } from '../http/call-scope.js';
import { DelegatedLogin } from './delegated-login.js';
import { TokenBroker } from './token-broker.js';

/**
 * Makes calls for any caller. For a username it uses a token of the broker, and a fresh one if Dfns refuses that token.
 */
@Injectable()
export class UserCalls {
  readonly #calls: DfnsCalls;
  readonly #tokens: TokenBroker;
  readonly #login: DelegatedLogin;

  constructor(calls: DfnsCalls, tokens: TokenBroker, login: DelegatedLogin) {
    this.#calls = calls;
    this.#tokens = tokens;
    this.#login = login;
  }

  /** @throws DfnsError */
  async perform<T>(request: DfnsRequest, details: CallDetails<T>, options: CallOptions): Promise<T> {
    const { caller, ...rest } = request;
    if (typeof caller !== 'object' || !('username' in caller)) {
      return this.#calls.perform({ ...rest, caller }, details, options);
    }
    const { username } = caller;
    const call = (userToken: string, scope: CallScope) =>
      this.#calls.perform({ ...rest, caller: { userToken } }, { ...details, username }, scope);
    if (request.userAction === undefined) return this.withToken(username, call, options);
    // The signature of the user is bound to the token of its challenge, so a fresh token does not help.
    return this.#calls.scope(options, async (scope) => call(await this.token(username, scope), scope));
  }

  /**
   * Runs `call` with a token. If Dfns refuses the token (`DFNS_USER_UNAUTHORIZED`), drops it and runs `call` once more
   * with a fresh one. Both share one deadline.
   */
  withToken<T>(
    username: string,
    call: (token: string, scope: CallScope) => Promise<T>,
    options: CallOptions,
  ): Promise<T> {
    return this.#calls.scope(options, async (scope) => {
      const token = await this.token(username, scope);
      try {
        return await call(token, scope);
      } catch (error) {
        if (!isDfnsError(error) || error.code !== 'DFNS_USER_UNAUTHORIZED') throw error;
        this.#tokens.forgetRefused(username, token);
        scope.throwIfEnded();
        return call(await this.token(username, scope), scope);
      }
    });
  }

  /** Forgets the tokens of the user in any case. `options` limit only the wait. @throws DfnsError if the wait ends */
  async forget(username: string, options: CallOptions): Promise<void> {
    const { stored } = this.#tokens.forget(username);
    await this.#calls.scope(options, (scope) => scope.race(stored));
  }

  /**
   * Forgets the tokens of the user in any case, and ends the session of each at Dfns. All are tried, also if one fails.
   *
   * @throws DfnsError of the first that failed
   */
  async logout(username: string, options: CallOptions): Promise<void> {
    const { kept, stored } = this.#tokens.forget(username);
    await this.#calls.scope(options, async (scope) => {
      const endStored = async () => {
        const token = await scope.race(stored);
        if (token !== kept) await this.#endSession(token, scope);
      };
      const endings = await Promise.allSettled([this.#endSession(kept, scope), endStored()]);
      const failed = endings.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
      if (failed) throw failed.reason;
    });
  }

  /** A token of the user, from memory if there is one. @throws DfnsError `DFNS_BAD_REQUEST` for an invalid username */
  async token(username: string, options: CallOptions): Promise<string> {
    return this.#tokens.kept(username) ?? this.#tokens.get(checked(DelegatedLoginDto, { username }).username, options);
  }
  async #endSession(token: string | undefined, scope: CallScope): Promise<void> {
    if (token !== undefined) await this.#login.logout(token, scope);
  }
}
