import { Injectable } from '@nestjs/common';
import { type BearerRequest, DfnsCalls } from '../calls/dfns-calls.js';
import { AccessTokenChangesDto, NewServiceAccountDto } from '../dto/access-token.dto.js';
import { checked } from '../dto/checked.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { pathSegment, type UserAction } from '../http/request-text.js';
import { type DfnsAccessToken, readAccessToken } from './access-token-answer.js';
import type { DfnsUser } from './dfns-users.js';

/** A service account (dfns-api 19.12), as Dfns sent it: no member is checked. */
export interface DfnsServiceAccount {
  /** The account itself. Its `userId` is the id of the account. */
  userInfo: DfnsUser;
  /** The token of the account. In older answers a deactivated account has none. */
  accessTokens: DfnsAccessToken[];
}

/** With `force`, an account is also switched off if a policy names it as an approver. */
export interface ForceOptions {
  force?: boolean | undefined;
}

/**
 * Reads and manages the service accounts of the organisation, as the service account of the back end (dfns-api 12.3).
 * Dfns lets it do that with the permissions `Auth:ServiceAccounts:…`. Only {@link create} belongs to employees.
 */
@Injectable()
export class DfnsServiceAccounts {
  readonly #calls: DfnsCalls;

  constructor(calls: DfnsCalls) {
    this.#calls = calls;
  }

  /** All service accounts. Dfns has no pages of them. @throws DfnsError */
  async list(options: CallOptions = {}): Promise<DfnsServiceAccount[]> {
    return this.#calls.perform(
      { method: 'GET', path: '/auth/service-accounts', caller: 'serviceAccount' },
      { repeatable: true, read: (answer) => answer.page(readServiceAccount).items },
      options,
    );
  }

  /** One service account. @throws DfnsError `DFNS_NOT_FOUND` */
  async get(serviceAccountId: string, options: CallOptions = {}): Promise<DfnsServiceAccount> {
    return this.#call({ method: 'GET', path: pathOf(serviceAccountId) }, options);
  }

  /**
   * Creates a service account. **Employees only**: Dfns refuses service accounts, personal access tokens and end users.
   * So it takes the token of an employee who has logged in, and the user action with which this employee signed
   * `POST /auth/service-accounts` with the JSON text of exactly this request. The secret is in
   * `accessTokens[0].accessToken` of this answer only, concealed.
   *
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED`; `DFNS_BAD_REQUEST` before any request
   */
  async create(
    employee: { userToken: string },
    request: NewServiceAccountDto,
    userAction: string,
    options: CallOptions = {},
  ): Promise<DfnsServiceAccount> {
    const body = checked(NewServiceAccountDto, request);
    const { userToken } = employee;
    return this.#perform(
      { method: 'POST', path: '/auth/service-accounts', body, caller: { userToken }, userAction },
      options,
    );
  }

  /** Changes the name or the external id. @throws DfnsError; `DFNS_BAD_REQUEST` before any request */
  async update(
    serviceAccountId: string,
    changes: AccessTokenChangesDto,
    options: CallOptions = {},
  ): Promise<DfnsServiceAccount> {
    const body = checked(AccessTokenChangesDto, changes);
    return this.#call({ method: 'PUT', path: pathOf(serviceAccountId), body }, options);
  }

  /** Activates a service account again. @throws DfnsError */
  async activate(serviceAccountId: string, options: CallOptions = {}): Promise<DfnsServiceAccount> {
    return this.#call({ method: 'PUT', path: `${pathOf(serviceAccountId)}/activate`, body: {} }, options);
  }

  /** Deactivates a service account: its token stops working. It can be the account of this instance. @throws DfnsError */
  async deactivate(
    serviceAccountId: string,
    { force }: ForceOptions = {},
    options: CallOptions = {},
  ): Promise<DfnsServiceAccount> {
    return this.#call({ method: 'PUT', path: `${pathOf(serviceAccountId)}/deactivate`, body: { force } }, options);
  }

  /** Archives a service account: removes it permanently. It can be the account of this instance. @throws DfnsError */
  async archive(
    serviceAccountId: string,
    { force }: ForceOptions = {},
    options: CallOptions = {},
  ): Promise<DfnsServiceAccount> {
    return this.#call({ method: 'DELETE', path: pathOf(serviceAccountId), query: { force }, body: {} }, options);
  }

  #call(request: UserAction & Pick<BearerRequest, 'query'>, options: CallOptions): Promise<DfnsServiceAccount> {
    return this.#perform({ ...request, caller: 'serviceAccount' }, options);
  }

  #perform(request: BearerRequest, options: CallOptions): Promise<DfnsServiceAccount> {
    return this.#calls.perform(request, { repeatable: request.method === 'GET', read: readServiceAccount }, options);
  }
}

const pathOf = (serviceAccountId: string) => `/auth/service-accounts/${pathSegment(serviceAccountId)}`;

function readServiceAccount(answer: AnswerReader): DfnsServiceAccount {
  const accessTokens = answer.objectsIfAny('accessTokens').map(readAccessToken);
  return { ...answer.unchecked<DfnsServiceAccount>(), accessTokens };
}
