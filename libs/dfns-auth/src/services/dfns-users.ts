import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { allPages, type Page } from '../http/pages.js';
import { pathSegment } from '../http/request-text.js';

/** A user of the organisation (dfns-api 19.11). */
export interface DfnsUser {
  username: string;
  name: string;
  userId: string;
  /** `EndUser`, `CustomerEmployee` and a few more. */
  kind: string;
  /** Of their first credential. */
  credentialUuid: string;
  orgId: string;
  isActive: boolean;
  isServiceAccount: boolean;
  /** False for one who began a registration and did not finish it. */
  isRegistered: boolean;
}

/** Reads a {@link DfnsUser}. */
export function readUser(user: AnswerReader): DfnsUser {
  return user.whole<DfnsUser>({
    texts: ['username', 'name', 'userId', 'kind', 'credentialUuid', 'orgId'],
    flags: ['isActive', 'isServiceAccount', 'isRegistered'],
  });
}

/** Users of the largest page that Dfns gives (dfns-api 18.2). */
const LARGEST_PAGE = 200;

/** Which users, and which page of them. */
export interface UserQuery {
  kind?: 'EndUser' | 'CustomerEmployee';
  /** 1 to 200. */
  limit?: number;
  /** `nextPageToken` of the page before. */
  paginationToken?: string;
}

/** The users of the organisation, as the service account sees and manages them (dfns-api 12.1, 12.2). */
@Injectable()
export class DfnsUsers {
  readonly #calls: DfnsCalls;

  constructor(calls: DfnsCalls) {
    this.#calls = calls;
  }

  /** One page. @throws DfnsError */
  async list(query: UserQuery = {}, options: CallOptions = {}): Promise<Page<DfnsUser>> {
    const { kind, limit, paginationToken } = query;
    return this.#calls.perform(
      { method: 'GET', path: '/auth/users', query: { kind, limit, paginationToken }, caller: 'serviceAccount' },
      { repeatable: true, read: (answer) => answer.page(readUser) },
      options,
    );
  }

  /** Everybody, page after page, as far as it is iterated; `options` are for each page. @throws DfnsError */
  all({ kind }: Pick<UserQuery, 'kind'> = {}, options: CallOptions = {}): AsyncGenerator<DfnsUser, void, void> {
    return allPages('GET /auth/users', (paginationToken) =>
      this.list({ kind, limit: LARGEST_PAGE, paginationToken }, options),
    );
  }

  /**
   * The end user of exactly this name, or `undefined`. Dfns has no such query: this walks through all pages.
   *
   * @throws DfnsError
   */
  async findByUsername(username: string, options: CallOptions = {}): Promise<DfnsUser | undefined> {
    for await (const user of this.all({ kind: 'EndUser' }, options)) {
      if (user.username === username) return user;
    }
    return undefined;
  }

  /** @throws DfnsError `DFNS_NOT_FOUND` */
  async get(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('GET', `/auth/users/${pathSegment(userId)}`, options);
  }

  /** Switches a user on again. @throws DfnsError */
  async activate(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('PUT', `/auth/users/${pathSegment(userId)}/activate`, options);
  }

  /** Switches a user off; their tokens stop working. @throws DfnsError */
  async deactivate(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('PUT', `/auth/users/${pathSegment(userId)}/deactivate`, options);
  }

  /** Takes a user out of the organisation for good. @throws DfnsError */
  async archive(userId: string, options: CallOptions = {}): Promise<DfnsUser> {
    return this.#call('DELETE', `/auth/users/${pathSegment(userId)}`, options);
  }

  #call(method: 'GET' | 'PUT' | 'DELETE', path: string, options: CallOptions): Promise<DfnsUser> {
    const isRead = method === 'GET';
    return this.#calls.perform(
      { method, path, caller: 'serviceAccount', ...(!isRead && { body: {} }) },
      { repeatable: isRead, read: readUser },
      options,
    );
  }
}
