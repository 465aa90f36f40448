import { Inject, Injectable } from '@nestjs/common';
import type { CallOptions } from '../client/call-scope.js';
import type { Caller } from '../client/caller.js';
import { DfnsFlows } from '../client/dfns-flows.js';
import { DfnsHttp } from '../client/dfns-http.js';
import type { FlowAttempt } from '../client/flow-attempt.js';
import { requestTarget } from '../client/request-target.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { readTokenClaims } from '../config/token-claims.js';
import { DfnsError } from '../errors/dfns.error.js';
import { UserActionExchange } from '../user-actions/user-action.exchange.js';
import { serializeBody } from '../user-actions/user-action.js';
import type { DfnsRequest, RequestCaller } from './dfns-request.js';

/** What the caller of {@link ApiCalls.perform} knows of a call. */
export interface CallNature<T> {
  /** Whether the call may run again after it reached Dfns and failed. */
  repeatable: boolean;
  /** For whom it is, for telemetry. */
  username?: string;
  /** Checks an answer and picks what is handed on of it. */
  read: (answer: unknown, operation: string) => T;
}

/** Performs calls of the API as flows, with the signature of the service account where it writes. */
@Injectable()
export class ApiCalls {
  readonly #flows: DfnsFlows;
  readonly #http: DfnsHttp;
  readonly #userActions: UserActionExchange;
  readonly #config: DfnsAuthConfig;

  constructor(
    flows: DfnsFlows,
    http: DfnsHttp,
    userActions: UserActionExchange,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
  ) {
    this.#flows = flows;
    this.#http = http;
    this.#userActions = userActions;
    this.#config = config;
  }

  /** @throws DfnsError */
  async perform<T>(request: DfnsRequest, nature: CallNature<T>, options: CallOptions): Promise<T> {
    const { method } = request;
    const target = requestTarget(request.path, request.query);
    const body = serializeBody(request.body);
    const operation = `${method} ${target.path}`;
    const { repeatable, username } = nature;
    if (request.userAction !== undefined) assertSendable(request.userAction, 'user action');
    return this.#flows.run({ operation, repeatable, username }, options, async (attempt) => {
      const { bearer, caller } = await this.#bearer(request.caller, attempt);
      const userAction =
        caller === 'serviceAccount' && method !== 'GET'
          ? await this.#userActions.sign({ method, target, body }, bearer, attempt)
          : request.userAction;
      const exchange = { method, target, body, bearer, caller, userAction, step: 'call' as const };
      const answer = await this.#http.send(exchange, attempt);
      return nature.read(answer, operation);
    });
  }

  async #bearer(caller: RequestCaller, { scope }: FlowAttempt): Promise<{ bearer: string; caller: Caller }> {
    if (caller === 'serviceAccount') {
      return { bearer: await scope.race(this.#config.authToken()), caller };
    }
    return 'userToken' in caller
      ? { bearer: this.#checked(caller.userToken), caller: 'user' }
      : { bearer: this.#checked(caller.temporaryToken), caller: 'temporary' };
  }

  #checked(token: string): string {
    assertSendable(token, 'token');
    const { orgId } = this.#config;
    if (orgId !== undefined && readTokenClaims(token)?.orgId !== orgId) {
      throw new DfnsError('DFNS_USER_UNAUTHORIZED', 'the token is not of the configured organisation');
    }
    return token;
  }
}

/** What goes into a header must fit there, unchanged. */
function assertSendable(value: unknown, what: string): void {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return;
  throw new DfnsError('DFNS_BAD_REQUEST', `the ${what} is empty or has characters that no ${what} has`);
}
