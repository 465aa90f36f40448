import { Inject, Injectable } from '@nestjs/common';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import type { UserActionChallenge } from '../credentials/credential-signer.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { Attempt } from '../http/attempt.js';
import type { CallOptions, CallScope } from '../http/call-scope.js';
import { DfnsHttp } from '../http/dfns-http.js';
import { assertHeaderText, type RequestText, requestText, type UserAction } from '../http/request-text.js';
import { AccountUse } from './account-use.js';
import { CallRunner } from './call-runner.js';
import type { BearerCaller, DfnsRequest } from './dfns-request.js';
import { needsUserAction } from './route-rules.js';
import { type AnsweredChallenge, type Bearer, UserActionSteps } from './user-action-steps.js';

/** A {@link DfnsRequest} whose caller is not a username. */
export interface BearerRequest extends Omit<DfnsRequest, 'caller' | 'userAction'> {
  caller: BearerCaller;
  /** The value of `X-DFNS-USERACTION`, or the signed challenge that the step `exchange` sends first to get it. */
  userAction?: string | AnsweredChallenge;
}

/** What a call needs in addition to its request. */
export interface CallDetails<T> {
  /** Whether there may be another attempt after the call reached Dfns and failed. */
  repeatable: boolean;
  /** The user of the call, for telemetry. */
  username?: string;
  /** Checks an answer and returns the result of the call. */
  read: (answer: AnswerReader) => T;
}

function userTokenOf(caller: BearerCaller): string | undefined {
  return typeof caller === 'object' && 'userToken' in caller ? caller.userToken : undefined;
}

/**
 * The one performer of calls: everything that asks Dfns goes through it. Writes of the service account are signed, where
 * Dfns wants that.
 */
@Injectable()
export class DfnsCalls {
  readonly #runner: CallRunner;
  readonly #http: DfnsHttp;
  readonly #steps: UserActionSteps;
  readonly #config: DfnsAuthConfig;

  constructor(
    runner: CallRunner,
    http: DfnsHttp,
    steps: UserActionSteps,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
  ) {
    this.#runner = runner;
    this.#http = http;
    this.#steps = steps;
    this.#config = config;
  }

  /** Makes a call. @throws DfnsError */
  async perform<T>(input: BearerRequest, details: CallDetails<T>, options: CallOptions): Promise<T> {
    const request = requestText(input);
    const { repeatable, username, read } = details;
    const { caller, userAction: given } = input;
    if (typeof given === 'string') assertHeaderText(given, 'user action');
    const operation = `${request.method} ${request.path}`;
    const who = caller === 'serviceAccount' ? new AccountUse(this.#config.serviceAccount) : caller;
    const account = who instanceof AccountUse ? who : undefined;
    const { isWorthAnother } = account ?? {};
    const isSigned = account !== undefined && needsUserAction(request);
    const requests = isSigned ? 3 : typeof given === 'object' ? 2 : 1;
    const nature = { operation, repeatable, requests, username, userToken: userTokenOf(caller), isWorthAnother };
    /** Kept over attempts as long as it was not sent: it works once, and only for whom it was made. */
    let userAction: string | undefined;
    return this.#runner.run(nature, options, async (attempt) => {
      if (account?.begin()) userAction = undefined;
      const bearer = this.#bearer(who);
      userAction ??= isSigned
        ? await this.#signed(request, account, attempt)
        : await this.#exchanged(given, bearer, attempt);
      const step = { step: 'call', request, ...bearer, userAction } as const;
      try {
        const answer = await this.#http.send(step, attempt);
        account?.noteAccepted('token');
        return read(answer);
      } finally {
        if (attempt.wasCallSent) userAction = undefined;
      }
    });
  }

  /** Asks for the challenge that a user signs for `action`. @throws DfnsError */
  async challenge(
    action: UserAction,
    { userToken, username }: { userToken: string; username: string },
    options: CallOptions,
  ): Promise<UserActionChallenge> {
    const request = requestText(action);
    const nature = { operation: 'POST /auth/action/init', repeatable: true, requests: 1, username };
    return this.#runner.run(nature, options, async (attempt) =>
      this.#steps.init(request, this.#bearer({ userToken }), attempt),
    );
  }

  /** The value of `X-DFNS-USERACTION` for `action`, signed by the service account. @throws DfnsError */
  async sign(action: UserAction, options: CallOptions): Promise<string> {
    const request = requestText(action);
    const account = new AccountUse(this.#config.serviceAccount);
    const { isWorthAnother } = account;
    const nature = { operation: 'POST /auth/action', repeatable: true, requests: 2, isWorthAnother };
    return this.#runner.run(nature, options, (attempt) => {
      account.begin();
      return this.#signed(request, account, attempt);
    });
  }

  /** Runs several calls in one scope: they share its deadline and its signal. */
  scope<T>(options: CallOptions, call: (scope: CallScope) => Promise<T>): Promise<T> {
    return this.#runner.scope(options, call);
  }

  async #exchanged(given: BearerRequest['userAction'], bearer: Bearer, attempt: Attempt): Promise<string | undefined> {
    return typeof given === 'object' ? this.#steps.exchange(given, bearer, attempt) : given;
  }

  async #signed(request: RequestText, account: AccountUse, attempt: Attempt): Promise<string> {
    const userAction = await this.#steps.sign(request, this.#bearer(account), account.identity.signer, attempt);
    account.noteAccepted('credential');
    return userAction;
  }

  #bearer(caller: AccountUse | Exclude<BearerCaller, 'serviceAccount'>): Bearer {
    if (caller instanceof AccountUse) return { bearer: caller.identity.token, caller: 'serviceAccount' };
    if (caller === 'anonymous') return { caller };
    if ('userToken' in caller) return { bearer: this.#checked(caller.userToken), caller: 'user' };
    return { bearer: this.#checked(caller.temporaryToken), caller: 'temporary' };
  }

  #checked(token: string): string {
    assertHeaderText(token, 'token');
    const { orgId } = this.#config;
    if (orgId !== undefined && readTokenClaims(token)?.orgId !== orgId) {
      throw new DfnsError('DFNS_USER_UNAUTHORIZED', 'the token is not of the configured organisation');
    }
    return token;
  }
}
