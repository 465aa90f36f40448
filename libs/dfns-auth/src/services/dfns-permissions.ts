import { Injectable } from '@nestjs/common';
import { type BearerRequest, DfnsCalls } from '../calls/dfns-calls.js';
import { checked } from '../dto/checked.js';
import { NewPermissionDto, PermissionChangesDto } from '../dto/permission.dto.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { allPages, type Page } from '../http/pages.js';
import { pathSegment } from '../http/request-text.js';
import type { ForceOptions } from './dfns-service-accounts.js';

/** A named list of operations; the dashboard of Dfns calls it a role (dfns-api 14.4). As Dfns sent it: not checked. */
export interface DfnsPermission {
  /** `pm-…` */
  id: string;
  name: string;
  /** Such as `Wallets:Read`. */
  operations: string[];
  /** `Active`, also for an archived permission. */
  status?: string;
  /** Whether it is managed by Dfns, and cannot be changed. */
  isImmutable?: boolean;
  isArchived?: boolean;
  /** ISO 8601. */
  dateCreated?: string;
  /** ISO 8601. */
  dateUpdated?: string;
  /** A change that waits for an approval. */
  pendingChangeRequest?: object;
}

/** A permission that an identity has (dfns-api 14.4), as Dfns sent it: no member is checked. */
export interface DfnsPermissionAssignment {
  /** `as-…` */
  id: string;
  permissionId: string;
  /** The id of a user, of a service account or of a personal access token. */
  identityId: string;
  isImmutable?: boolean;
  /** ISO 8601. */
  dateCreated?: string;
  /** ISO 8601. */
  dateUpdated?: string;
  /** A change that waits for an approval. */
  pendingChangeRequest?: object;
}

/** A page of permissions or of assignments. */
export interface PermissionQuery {
  /** Items on the page. Dfns does not document how many it allows. */
  limit?: number;
  /** `nextPageToken` of the previous page. */
  paginationToken?: string;
}

/**
 * Permissions, and who has them, as the service account (dfns-api 14.4). A policy can make each change of an existing
 * permission and of its assignments wait for an approval: then the call throws `DFNS_POLICY_PENDING`.
 */
@Injectable()
export class DfnsPermissions {
  readonly #calls: DfnsCalls;

  constructor(calls: DfnsCalls) {
    this.#calls = calls;
  }

  /** One page of permissions, archived ones included. @throws DfnsError */
  async list(query: PermissionQuery = {}, options: CallOptions = {}): Promise<Page<DfnsPermission>> {
    return this.#page('/permissions', query, options);
  }

  /**
   * All permissions. A page is fetched when the iteration reaches it. The whole iteration is one call, with what your
   * loop does between two pages. It reads at most 1,000 pages.
   *
   * @throws DfnsError; `DFNS_MALFORMED_RESPONSE` if the pages repeat or are too many
   */
  all(options: CallOptions = {}): AsyncGenerator<DfnsPermission, void, void> {
    return this.#all('/permissions', options);
  }

  /** One permission. @throws DfnsError `DFNS_NOT_FOUND` */
  async get(permissionId: string, options: CallOptions = {}): Promise<DfnsPermission> {
    return this.#call({ method: 'GET', path: pathOf(permissionId) }, options);
  }

  /** Creates a permission, which nobody has yet. @throws DfnsError; `DFNS_BAD_REQUEST` before any request */
  async create(request: NewPermissionDto, options: CallOptions = {}): Promise<DfnsPermission> {
    return this.#call({ method: 'POST', path: '/permissions', body: checked(NewPermissionDto, request) }, options);
  }

  /** Changes a permission. @throws DfnsError `DFNS_POLICY_PENDING`; `DFNS_BAD_REQUEST` before any request */
  async update(
    permissionId: string,
    changes: PermissionChangesDto,
    options: CallOptions = {},
  ): Promise<DfnsPermission> {
    const body = checked(PermissionChangesDto, changes);
    return this.#call({ method: 'PUT', path: pathOf(permissionId), body }, options);
  }

  /** Archives a permission: it allows nothing any more. @throws DfnsError `DFNS_POLICY_PENDING` */
  async archive(permissionId: string, options: CallOptions = {}): Promise<DfnsPermission> {
    return this.#setArchived(permissionId, true, options);
  }

  /** Takes a permission out of the archive. @throws DfnsError `DFNS_POLICY_PENDING` */
  async unarchive(permissionId: string, options: CallOptions = {}): Promise<DfnsPermission> {
    return this.#setArchived(permissionId, false, options);
  }

  /** One page of those who have a permission. @throws DfnsError */
  async listAssignments(
    permissionId: string,
    query: PermissionQuery = {},
    options: CallOptions = {},
  ): Promise<Page<DfnsPermissionAssignment>> {
    return this.#page(`${pathOf(permissionId)}/assignments`, query, options);
  }

  /** All who have a permission, as {@link all}. @throws DfnsError as {@link all} */
  allAssignments(
    permissionId: string,
    options: CallOptions = {},
  ): AsyncGenerator<DfnsPermissionAssignment, void, void> {
    return this.#all(`${pathOf(permissionId)}/assignments`, options);
  }

  /**
   * Gives a permission to an identity.
   *
   * @param identityId the id of a user, of a service account or of a personal access token
   * @throws DfnsError `DFNS_CONFLICT` if the identity has it already; `DFNS_POLICY_PENDING`
   */
  async assign(permissionId: string, identityId: string, options: CallOptions = {}): Promise<DfnsPermissionAssignment> {
    const body = { identityId: pathSegment(identityId) };
    return this.#call({ method: 'POST', path: `${pathOf(permissionId)}/assignments`, body }, options);
  }

  /** Takes a permission away. With `force` it needs no approval. @throws DfnsError `DFNS_POLICY_PENDING` */
  async revoke(
    permissionId: string,
    assignmentId: string,
    { force }: ForceOptions = {},
    options: CallOptions = {},
  ): Promise<void> {
    const path = `${pathOf(permissionId)}/assignments/${pathSegment(assignmentId)}`;
    const request = { method: 'DELETE', path, query: { force }, body: {} } as const;
    await this.#perform(request, () => undefined, options);
  }

  #setArchived(permissionId: string, isArchived: boolean, options: CallOptions): Promise<DfnsPermission> {
    return this.#call({ method: 'PUT', path: `${pathOf(permissionId)}/archive`, body: { isArchived } }, options);
  }

  #page<T>(path: string, { limit, paginationToken }: PermissionQuery, options: CallOptions): Promise<Page<T>> {
    const request = { method: 'GET', path, query: { limit, paginationToken } } as const;
    return this.#perform(request, (answer) => answer.page((item) => item.unchecked<T>()), options);
  }

  #all<T>(path: string, options: CallOptions): AsyncGenerator<T, void, void> {
    return allPages(
      `GET ${path}`,
      (walk) => this.#calls.scope(options, walk),
      (paginationToken, scope) => this.#page<T>(path, { paginationToken }, scope),
    );
  }

  #call<T>(request: Omit<BearerRequest, 'caller'>, options: CallOptions): Promise<T> {
    return this.#perform(request, (answer) => answer.unchecked<T>(), options);
  }

  #perform<T>(
    request: Omit<BearerRequest, 'caller'>,
    read: (answer: AnswerReader) => T,
    options: CallOptions,
  ): Promise<T> {
    return this.#calls.perform(
      { ...request, caller: 'serviceAccount' },
      { repeatable: request.method === 'GET', read },
      options,
    );
  }
}

const pathOf = (permissionId: string) => `/permissions/${pathSegment(permissionId)}`;
