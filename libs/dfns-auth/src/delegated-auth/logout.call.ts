import { Injectable } from '@nestjs/common';
import { ApiCalls } from '../api/api-calls.js';
import { isDfnsError } from '../errors/dfns.error.js';

/** `PUT /auth/logout` (spec 11.4). */
@Injectable()
export class LogoutCall {
  readonly #calls: ApiCalls;

  constructor(calls: ApiCalls) {
    this.#calls = calls;
  }

  /** Ends the session of a user token; one that is dead already is what a logout is for. */
  async logout(userToken: string): Promise<void> {
    try {
      await this.#calls.perform(
        { method: 'PUT', path: '/auth/logout', body: {}, caller: { userToken } },
        { repeatable: true, read: () => undefined },
        {},
      );
    } catch (error) {
      if (!isDfnsError(error) || error.code !== 'DFNS_USER_UNAUTHORIZED') throw error;
    }
  }
}
