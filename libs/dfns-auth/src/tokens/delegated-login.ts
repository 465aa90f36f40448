import { Inject, Injectable } from '@nestjs/common';
import { ApiCalls } from '../api/api-calls.js';
import type { CallOptions } from '../client/call-scope.js';
import { isJsonObject } from '../client/json.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DfnsError } from '../errors/dfns.error.js';
import { userTokenProblem } from './user-token.js';

/** `POST /auth/login/delegated` (spec 11.1), and the check that the token is for whom it was asked. */
@Injectable()
export class DelegatedLogin {
  readonly #calls: ApiCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: ApiCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  /** A fresh user token. Three requests. */
  login(username: string, options: CallOptions = {}): Promise<string> {
    return this.#calls.perform(
      { method: 'POST', path: '/auth/login/delegated', body: { username }, caller: 'serviceAccount' },
      { repeatable: true, username, read: (answer, operation) => this.#read(answer, operation, username) },
      options,
    );
  }

  #read(answer: unknown, operation: string, username: string): string {
    const token = isJsonObject(answer) ? answer['token'] : undefined;
    const problem = userTokenProblem(token, username, this.#config.orgId);
    if (problem === undefined) return token as string;
    throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} holds ${problem}`, { operation });
  }
}
