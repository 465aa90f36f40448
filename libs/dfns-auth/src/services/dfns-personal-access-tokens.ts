import { Injectable } from '@nestjs/common';
import type { DfnsRequest } from '../calls/dfns-request.js';
import { AccessTokenChangesDto, NewPersonalAccessTokenDto } from '../dto/access-token.dto.js';
import { checked } from '../dto/checked.js';
import type { CallOptions } from '../http/call-scope.js';
import { pathSegment } from '../http/request-text.js';
import { UserCalls } from '../tokens/user-calls.js';
import { type DfnsAccessToken, readAccessToken } from './access-token-answer.js';
import { type CredentialOwner, callerOf } from './dfns-credentials.js';

/**
 * The personal access tokens of one person (dfns-api 12.5). A token acts for its person, with a key of its own: it can
 * do what both its permission and its person may do, and ends when the person is deactivated or recovers.
 *
 * A token belongs to a person, so each call is made as this person: an end user by the username, or anybody by a token
 * of their own. Each write needs the person's signature: the user action of exactly this method, path and body. Where
 * the method takes no body, sign the body `{}`. For a browser, `DelegatedCeremonies.beginAction` and `finishAction` make
 * the same calls; then the secret is in the answer of `finishAction`, and is not concealed.
 */
@Injectable()
export class DfnsPersonalAccessTokens {
  readonly #calls: UserCalls;

  constructor(calls: UserCalls) {
    this.#calls = calls;
  }

  /** All tokens of the person. Dfns has no pages of them. @throws DfnsError */
  async list(owner: CredentialOwner, options: CallOptions = {}): Promise<DfnsAccessToken[]> {
    return this.#calls.perform(
      { method: 'GET', path: '/auth/pats', caller: callerOf(owner) },
      { repeatable: true, read: (answer) => answer.page(readAccessToken).items },
      options,
    );
  }

  /** One token of the person. @throws DfnsError `DFNS_NOT_FOUND` */
  async get(owner: CredentialOwner, tokenId: string, options: CallOptions = {}): Promise<DfnsAccessToken> {
    return this.#call({ method: 'GET', path: pathOf(tokenId), caller: callerOf(owner) }, options);
  }

  /**
   * Creates a token. The person needs the permission `Auth:Pats:Create`, which the role of end users does not have. Dfns
   * refuses service accounts and personal access tokens. The secret is in `accessToken` of this answer only, concealed.
   *
   * @param userAction of `POST /auth/pats` with the JSON text of exactly this request
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED`; `DFNS_BAD_REQUEST` before any request
   */
  async create(
    owner: CredentialOwner,
    request: NewPersonalAccessTokenDto,
    userAction: string,
    options: CallOptions = {},
  ): Promise<DfnsAccessToken> {
    const body = checked(NewPersonalAccessTokenDto, request);
    return this.#call({ method: 'POST', path: '/auth/pats', body, caller: callerOf(owner), userAction }, options);
  }

  /**
   * Changes the name or the external id.
   *
   * @param userAction of `PUT /auth/pats/{tokenId}` with the JSON text of exactly these changes
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED`; `DFNS_BAD_REQUEST` before any request
   */
  async update(
    owner: CredentialOwner,
    tokenId: string,
    changes: AccessTokenChangesDto,
    userAction: string,
    options: CallOptions = {},
  ): Promise<DfnsAccessToken> {
    const body = checked(AccessTokenChangesDto, changes);
    return this.#call({ method: 'PUT', path: pathOf(tokenId), body, caller: callerOf(owner), userAction }, options);
  }

  /** Activates a token again. @param userAction of `PUT /auth/pats/{tokenId}/activate` with `{}` @throws DfnsError */
  async activate(owner: CredentialOwner, tokenId: string, userAction: string, options: CallOptions = {}) {
    return this.#switch('PUT', `${pathOf(tokenId)}/activate`, owner, userAction, options);
  }

  /** Deactivates a token. @param userAction of `PUT /auth/pats/{tokenId}/deactivate` with `{}` @throws DfnsError */
  async deactivate(owner: CredentialOwner, tokenId: string, userAction: string, options: CallOptions = {}) {
    return this.#switch('PUT', `${pathOf(tokenId)}/deactivate`, owner, userAction, options);
  }

  /** Removes a token permanently. @param userAction of `DELETE /auth/pats/{tokenId}` with `{}` @throws DfnsError */
  async archive(owner: CredentialOwner, tokenId: string, userAction: string, options: CallOptions = {}) {
    return this.#switch('DELETE', pathOf(tokenId), owner, userAction, options);
  }

  #switch(
    method: 'PUT' | 'DELETE',
    path: string,
    owner: CredentialOwner,
    userAction: string,
    options: CallOptions,
  ): Promise<DfnsAccessToken> {
    return this.#call({ method, path, body: {}, caller: callerOf(owner), userAction }, options);
  }

  #call(request: DfnsRequest, options: CallOptions): Promise<DfnsAccessToken> {
    return this.#calls.perform(request, { repeatable: request.method === 'GET', read: readAccessToken }, options);
  }
}

const pathOf = (tokenId: string) => `/auth/pats/${pathSegment(tokenId)}`;
