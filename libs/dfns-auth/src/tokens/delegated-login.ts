import { Inject, Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { CallOptions } from '../http/call-scope.js';
import { receivedToken } from './user-token.js';

/** The two calls that begin and end a session of a user at Dfns (dfns-api 9.1, 9.2). */
@Injectable()
export class DelegatedLogin {
  readonly #calls: DfnsCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: DfnsCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  /** `POST /auth/login/delegated`: returns a fresh user token, after three requests. */
  login(username: string, options: CallOptions = {}): Promise<string> {
    const { orgId } = this.#config;
    return this.#calls.perform(
      { method: 'POST', path: '/auth/login/delegated', body: { username }, caller: 'serviceAccount' },
      { repeatable: true, username, read: (answer) => receivedToken(answer, 'token', username, orgId) },
      options,
    );
  }

  /** `PUT /auth/logout`: ends the session of a user token. A token that is invalid already counts as logged out. */
  async logout(userToken: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#calls.perform(
        { method: 'PUT', path: '/auth/logout', body: {}, caller: { userToken } },
        { repeatable: true, read: () => undefined },
        options,
      );
    } catch (error) {
      if (!isDfnsError(error) || error.code !== 'DFNS_USER_UNAUTHORIZED') throw error;
    }
  }
}
