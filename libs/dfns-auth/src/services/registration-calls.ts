import { Inject, Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import { checked } from '../dto/checked.js';
import {
  CompleteEndUserRegistrationDto,
  CompleteRegistrationDto,
  DelegatedRegistrationDto,
} from '../dto/registration.dto.js';
import { DfnsApiError } from '../errors/dfns-error.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { receivedToken } from '../tokens/user-token.js';
import { type RegistrationChallenge, readRegistrationOptions } from './creation-challenges.js';
import {
  type EndUserRegistrationResult,
  type RegistrationResult,
  readEndUserRegistrationResult,
  readRegistrationResult,
} from './results.js';

/** The calls of a registration (dfns-api 10). None is repeated if it may have taken effect. */
@Injectable()
export class RegistrationCalls {
  readonly #calls: DfnsCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: DfnsCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  async createChallenge(request: DelegatedRegistrationDto, options: CallOptions): Promise<RegistrationChallenge> {
    const body = checked(DelegatedRegistrationDto, request);
    return this.#challenge('/auth/registration/delegated', body, options);
  }

  async restart(request: DelegatedRegistrationDto, options: CallOptions): Promise<RegistrationChallenge> {
    const { email, kind } = checked(DelegatedRegistrationDto, request);
    try {
      return await this.#challenge('/auth/registration/delegated/restart', { email, kind }, options);
    } catch (error) {
      throw error instanceof DfnsApiError && error.code === 'DFNS_NOT_FOUND' ? noRestart(error) : error;
    }
  }

  async complete(token: string, request: CompleteRegistrationDto, options: CallOptions): Promise<RegistrationResult> {
    const body = checked(CompleteRegistrationDto, request);
    return this.#calls.perform(
      { method: 'POST', path: '/auth/registration', body, caller: { temporaryToken: token } },
      { repeatable: false, read: (answer) => readRegistrationResult(answer, token) },
      options,
    );
  }

  async completeEndUser(
    token: string,
    request: CompleteEndUserRegistrationDto,
    options: CallOptions,
  ): Promise<EndUserRegistrationResult> {
    const body = checked(CompleteEndUserRegistrationDto, request);
    const read = (answer: AnswerReader) => {
      const result = readEndUserRegistrationResult(answer, token);
      const authentication = answer.objectIfAny('authentication');
      if (!authentication?.has('token')) return result;
      const userToken = receivedToken(authentication, 'token', result.user.username, this.#config.orgId, 'created');
      return { ...result, authentication: { token: userToken } };
    };
    return this.#calls.perform(
      { method: 'POST', path: '/auth/registration/enduser', body, caller: { temporaryToken: token } },
      { repeatable: false, read },
      options,
    );
  }

  #challenge(path: string, body: DelegatedRegistrationDto, options: CallOptions): Promise<RegistrationChallenge> {
    const read = (answer: AnswerReader) => {
      const { orgId } = this.#config;
      const token = receivedToken(answer, 'temporaryAuthenticationToken', body.email, orgId, 'created');
      return { ...readRegistrationOptions(answer, token), temporaryAuthenticationToken: token };
    };
    return this.#calls.perform(
      { method: 'POST', path, body, caller: 'serviceAccount' },
      { repeatable: false, username: body.email, read },
      options,
    );
  }
}

/** Only older Dfns documents describe the endpoint (dfns-api 20.4). */
function noRestart({ operation, upstreamStatus, errorId, upstreamMessage }: DfnsApiError): DfnsApiError {
  return new DfnsApiError(
    'DFNS_NOT_FOUND',
    'this Dfns has no endpoint to restart a registration: archive the user who was left half registered, and register anew',
    { operation, upstreamStatus, errorId, upstreamMessage },
  );
}
