import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { checked } from '../dto/checked.js';
import { InvitedUserDto, UserChangesDto } from '../dto/user-changes.dto.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { allPages, type Page } from '../http/pages.js';
import { pathSegment } from '../http/request-text.js';

/** A permission that a user, a service account or an access token has (dfns-api 19.11), as Dfns sent it. */
export interface PermissionOfIdentity {
  permissionName: string;
  permissionId: string;
  assignmentId: string;
  operations?: string[];
}

/**
 * A user of the organisation (dfns-api 19.11), as Dfns sent it: no member is checked. Answers of Dfns may lack the
 * optional members (dfns-api 20.29 to 20.31).
 */
export interface DfnsUser {
  username: string;
  userId: string;
  /** If it is missing, show the username. */
  name?: string;
  /** `EndUser`, `CustomerEmployee` and a few more. */
  kind?: string;
  /** Id of the user's first credential. */
  credentialUuid?: string;
  /** If it is missing, the organisation is in the token of the service account. */
  orgId?: string;
  tenantId?: string;
  /** An earlier name of `tenantId`. */
  accountId?: string;
  isActive?: boolean;
  isServiceAccount?: boolean;
  /** False for a user who began a registration and did not finish it. */
  isRegistered?: boolean;
  isSSORequired?: boolean;
  /** The permissions that the user has. */
  permissionAssignments?: PermissionOfIdentity[];
}

export function readUser(user: AnswerReader): DfnsUser {
  return user.unchecked<DfnsUser>();
}

/** Largest page size that Dfns accepts, in users (dfns-api 18.2). */
const LARGEST_PAGE = 200;

/** Selects users, and a page of them. */
export interface UserQuery {
  kind?: 'EndUser' | 'CustomerEmployee';
  /** Users on the page, 1 to 200. */
  limit?: number;
  /** `nextPageToken` of the previous page. */
  paginationToken?: string;
}

/** Reads and manages the users of the organisation, as the service account (dfns-api 12.1, 12.2, 12.7). */
@Injectable()
export class DfnsUsers {
  readonly #calls: DfnsCalls;

  constructor(calls: DfnsCalls) {
    this.#calls = calls;
  }

  /** One page of users. @throws DfnsError */
  async list(query: UserQuery = {}, options: CallOptions = {}): Promise<Page<DfnsUser>> {
    const { kind, limit, paginationToken } = query;
    return this.#calls.perform(
      { method: 'GET', path: '/auth/users', query: { kind, limit, paginationToken }, caller: 'serviceAccount' },
      { repeatable: true, read: (answer) => answer.page(readUser) },
      options,
    );
  }

  /**
   * All users. A page is fetched when the iteration reaches it. The whole iteration is one call, with what your loop does
   * between two pages: give a `deadlineMs` that is long enough. It reads at most 1,000 pages of 200 users.
   *
   * @throws DfnsError; `DFNS_MALFORMED_RESPONSE` if the pages repeat or are too many, so that not all users were read
   */
  all({ kind }: Pick<UserQuery, 'kind'> = {}, options: CallOptions = {}): AsyncGenerator<DfnsUser, void, void> {
    return allPages(
      'GET /auth/users',
      (walk) => this.#calls.scope(options, walk),
      (paginationToken, scope) => this.list({ kind, limit: LARGEST_PAGE, paginationToken }, scope),
    );
  }

  /**
   * The end user of exactly this name, or `undefined`. Dfns has no such query, so this reads page after page, in one
   * call: not for a request of a user. Whether a user can log in, `DelegatedAuthService.login` tells with three requests.
   *
   * @throws DfnsError as {@link all}
   */
  async findByUsername(username: string, options: CallOptions = {}): Promise<DfnsUser | undefined> {
    for await (const user of this.all({ kind: 'EndUser' }, options)) {
      if (user.username === username) return user;
    }
    return undefined;
  }

  /** One user. @throws DfnsError `DFNS_NOT_FOUND` */
  async get(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('GET', `/auth/users/${pathSegment(userId)}`, options);
  }

  /**
   * Invites an employee by e-mail. The new user has no permissions; give them with `DfnsPermissions`. End users are made
   * with a delegated registration.
   *
   * @throws DfnsError `DFNS_USER_EXISTS`; `DFNS_BAD_REQUEST` before any request
   */
  async invite(request: InvitedUserDto, options: CallOptions = {}): Promise<DfnsUser> {
    const { email, externalId, isSSORequired } = checked(InvitedUserDto, request);
    const body = { email, kind: 'CustomerEmployee', externalId, isSSORequired };
    return this.#call('POST', '/auth/users', options, body);
  }

  /** Changes whether a user must log in with SSO. @throws DfnsError; `DFNS_BAD_REQUEST` before any request */
  async update(userId: string, changes: UserChangesDto, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('PUT', `/auth/users/${pathSegment(userId)}`, options, checked(UserChangesDto, changes));
  }

  /** Activates a user again. @throws DfnsError */
  async activate(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('PUT', `/auth/users/${pathSegment(userId)}/activate`, options);
  }

  /** Deactivates a user. The user's tokens stop working. @throws DfnsError */
  async deactivate(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('PUT', `/auth/users/${pathSegment(userId)}/deactivate`, options);
  }

  /** Archives a user: removes the user from the organisation permanently. @throws DfnsError */
  async archive(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('DELETE', `/auth/users/${pathSegment(userId)}`, options);
  }

  #call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options: CallOptions, body = {}): Promise<DfnsUser> {
    const isRead = method === 'GET';
    return this.#calls.perform(
      { method, path, caller: 'serviceAccount', ...(!isRead && { body }) },
      { repeatable: isRead, read: readUser },
      options,
    );
  }
}
