import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../client/caller.js';
import { DfnsHttp } from '../client/dfns-http.js';
import type { FlowAttempt } from '../client/flow-attempt.js';
import { requestTarget } from '../client/request-target.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import type { FirstFactorAssertion, UserActionChallenge } from '../credentials/credential-signer.js';
import { DfnsError, isDfnsError } from '../errors/dfns.error.js';
import { readChallenge, readUserAction } from './challenge.js';
import type { SerializedAction } from './user-action.js';

const INIT = requestTarget('/auth/action/init');
const EXCHANGE = requestTarget('/auth/action');

/** Who asks: the token, and whose it is. */
export interface Bearer {
  bearer: string;
  caller: Caller;
}

/** The two requests of user action signing, and the signature between them (spec 8), as steps of a flow. */
@Injectable()
export class UserActionExchange {
  readonly #http: DfnsHttp;
  readonly #config: DfnsAuthConfig;

  constructor(http: DfnsHttp, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#http = http;
    this.#config = config;
  }

  /** Asks for a challenge for exactly this action. */
  async init(action: SerializedAction, bearer: Bearer, attempt: FlowAttempt): Promise<UserActionChallenge> {
    const body = JSON.stringify({
      userActionPayload: action.body,
      userActionHttpMethod: action.method,
      userActionHttpPath: action.target.path,
      userActionServerKind: 'Api',
    });
    const answer = await this.#http.send({ method: 'POST', target: INIT, body, ...bearer, step: 'init' }, attempt);
    const challenge = readChallenge(answer, 'POST /auth/action/init');
    attempt.secrets.add(challenge.challengeIdentifier);
    return challenge;
  }

  /** Answers a challenge; the result goes into `X-DFNS-USERACTION`, once. */
  async exchange(
    challengeIdentifier: string,
    assertion: { firstFactor: object; secondFactor?: object },
    bearer: Bearer,
    attempt: FlowAttempt,
  ): Promise<string> {
    const { firstFactor, secondFactor } = assertion;
    const body = JSON.stringify({ challengeIdentifier, firstFactor, secondFactor });
    const answer = await this.#http.send(
      { method: 'POST', target: EXCHANGE, body, ...bearer, step: 'exchange' },
      attempt,
    );
    const userAction = readUserAction(answer, 'POST /auth/action');
    attempt.secrets.add(userAction);
    return userAction;
  }

  /** Both requests, signed by the service account. */
  async sign(action: SerializedAction, bearer: string, attempt: FlowAttempt): Promise<string> {
    const serviceAccount: Bearer = { bearer, caller: 'serviceAccount' };
    const challenge = await this.init(action, serviceAccount, attempt);
    const firstFactor = await this.#assertion(challenge, attempt);
    return this.exchange(challenge.challengeIdentifier, { firstFactor }, serviceAccount, attempt);
  }

  async #assertion(challenge: UserActionChallenge, { scope }: FlowAttempt): Promise<FirstFactorAssertion> {
    const { attemptTimeoutMs } = this.#config.http;
    const tooLate = () => new DfnsError('DFNS_SIGNER_FAILED', `the signer took over ${attemptTimeoutMs} ms`);
    try {
      const signing = Promise.resolve(this.#config.signer.sign(challenge));
      return await scope.within(attemptTimeoutMs, signing, tooLate);
    } catch (error) {
      if (isDfnsError(error)) throw error;
      // A signer of the application: its words may hold anything, so only the kind of its error is told.
      const kind = error instanceof Error ? error.name : typeof error;
      throw new DfnsError('DFNS_SIGNER_FAILED', `the signer of the service account failed (${kind})`);
    }
  }
}
