import { Injectable } from '@nestjs/common';
import { ApiCalls } from '../api/api-calls.js';
import type { DfnsRequest } from '../api/dfns-request.js';
import type { CallOptions } from '../client/call-scope.js';
import type { CredentialKind } from '../credentials/credential-signer.js';
import { AnswerMembers } from './answer-members.js';
import { checked } from './checked.js';
import { type CredentialChallenge, readCredentialChallenge } from './credential-challenge.js';
import { type DfnsCredential, readCredential } from './dfns-credential.js';
import { CreateCredentialDto } from './dto/create-credential.dto.js';

/**
 * The credentials of one user, with a token of theirs (spec 11.6). Each write needs a user action that the user signed
 * with a credential they have, for `POST /auth/credentials` or `PUT /auth/credentials/…` and the JSON text of exactly
 * the same request; `DelegatedCeremonies` does all of that for a browser.
 */
@Injectable()
export class DfnsCredentials {
  readonly #calls: ApiCalls;

  constructor(calls: ApiCalls) {
    this.#calls = calls;
  }

  /** All of them, active or not. @throws DfnsError */
  async list(userToken: string, options: CallOptions = {}): Promise<DfnsCredential[]> {
    return this.#call(
      { method: 'GET', path: '/auth/credentials', caller: { userToken } },
      (answer) => answer.list('items', readCredential),
      options,
    );
  }

  /** The challenge that a new credential of `kind` signs. @throws DfnsError */
  async createChallenge(
    userToken: string,
    kind: CredentialKind,
    options: CallOptions = {},
  ): Promise<CredentialChallenge> {
    return this.#call(
      { method: 'POST', path: '/auth/credentials/init', body: { kind }, caller: { userToken } },
      (answer) => readCredentialChallenge(answer, kind),
      options,
    );
  }

  /** @throws DfnsError `DFNS_USER_ACTION_REJECTED`, `DFNS_BAD_REQUEST` before any request */
  async create(
    userToken: string,
    request: CreateCredentialDto,
    userAction: string,
    options: CallOptions = {},
  ): Promise<DfnsCredential> {
    const body = checked(CreateCredentialDto, request);
    return this.#call(
      { method: 'POST', path: '/auth/credentials', body, caller: { userToken }, userAction },
      readCredential,
      options,
    );
  }

  /** No effect on one that is active. @throws DfnsError */
  async activate(userToken: string, credentialUuid: string, userAction: string, options: CallOptions = {}) {
    await this.#switch('activate', userToken, credentialUuid, userAction, options);
  }

  /** No effect on one that is inactive. @throws DfnsError */
  async deactivate(userToken: string, credentialUuid: string, userAction: string, options: CallOptions = {}) {
    await this.#switch('deactivate', userToken, credentialUuid, userAction, options);
  }

  #switch(
    to: 'activate' | 'deactivate',
    userToken: string,
    credentialUuid: string,
    userAction: string,
    options: CallOptions,
  ): Promise<void> {
    return this.#call(
      { method: 'PUT', path: `/auth/credentials/${to}`, body: { credentialUuid }, caller: { userToken }, userAction },
      () => undefined,
      options,
    );
  }

  #call<T>(request: DfnsRequest, read: (answer: AnswerMembers) => T, options: CallOptions): Promise<T> {
    return this.#calls.perform(
      request,
      {
        repeatable: request.userAction === undefined,
        read: (answer, operation) => read(new AnswerMembers(answer, operation)),
      },
      options,
    );
  }
}
