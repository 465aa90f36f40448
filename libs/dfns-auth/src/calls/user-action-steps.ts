import { Inject, Injectable } from '@nestjs/common';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import type { CredentialSigner, FirstFactorAssertion, UserActionChallenge } from '../credentials/credential-signer.js';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import type { Attempt } from '../http/attempt.js';
import { DfnsHttp } from '../http/dfns-http.js';
import type { CallerKind } from '../http/failures.js';
import { type RequestText, requestText } from '../http/request-text.js';
import { readUserAction, readUserActionChallenge } from './challenge.js';

/** The token of a caller, and the kind of caller. */
export interface Bearer {
  /** Missing for an anonymous caller. */
  bearer?: string;
  caller: CallerKind;
}

/** A signed challenge: the body of `POST /auth/action`. */
export interface AnsweredChallenge {
  challengeIdentifier: string;
  firstFactor: object;
  secondFactor?: object;
}

/** The steps init and exchange of a call, and the signature between them (dfns-api 7.1). */
@Injectable()
export class UserActionSteps {
  readonly #http: DfnsHttp;
  readonly #config: DfnsAuthConfig;

  constructor(http: DfnsHttp, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#http = http;
    this.#config = config;
  }

  /** Asks for a challenge for exactly this request. */
  async init({ method, path, body }: RequestText, bearer: Bearer, attempt: Attempt): Promise<UserActionChallenge> {
    const init = requestText({
      method: 'POST',
      path: '/auth/action/init',
      body: {
        userActionPayload: body,
        userActionHttpMethod: method,
        userActionHttpPath: path,
        userActionServerKind: 'Api',
      },
    });
    const challenge = readUserActionChallenge(
      await this.#http.send({ step: 'init', request: init, ...bearer }, attempt),
    );
    attempt.secrets.add(challenge.challengeIdentifier);
    return challenge;
  }

  /** Sends a signed challenge. The result is the value of `X-DFNS-USERACTION`, which works once. */
  async exchange(answered: AnsweredChallenge, bearer: Bearer, attempt: Attempt): Promise<string> {
    const { challengeIdentifier, firstFactor, secondFactor } = answered;
    const body = { challengeIdentifier, firstFactor, secondFactor };
    const exchange = requestText({ method: 'POST', path: '/auth/action', body });
    const userAction = readUserAction(
      await this.#http.send({ step: 'exchange', request: exchange, ...bearer }, attempt),
    );
    attempt.secrets.add(userAction);
    return userAction;
  }

  /** Runs both steps, with a signature of the service account. */
  async sign(request: RequestText, bearer: Bearer, signer: CredentialSigner, attempt: Attempt): Promise<string> {
    const challenge = await this.init(request, bearer, attempt);
    const firstFactor = await this.#assertion(challenge, signer, attempt);
    return this.exchange({ challengeIdentifier: challenge.challengeIdentifier, firstFactor }, bearer, attempt);
  }

  async #assertion(
    challenge: UserActionChallenge,
    signer: CredentialSigner,
    { scope }: Attempt,
  ): Promise<FirstFactorAssertion> {
    const { attemptTimeoutMs } = this.#config.http;
    const tooLate = () => new DfnsError('DFNS_SIGNER_FAILED', `the signer took over ${attemptTimeoutMs} ms`);
    try {
      const signing = Promise.resolve(signer.sign(challenge));
      return await scope.within(attemptTimeoutMs, signing, tooLate);
    } catch (error) {
      if (isDfnsError(error)) throw error;
      // The message of an error of the signer may contain anything, so only the name of the error is reported.
      const name = error instanceof Error ? error.name : typeof error;
      throw new DfnsError('DFNS_SIGNER_FAILED', `the signer of the service account failed (${name})`);
    }
  }
}
