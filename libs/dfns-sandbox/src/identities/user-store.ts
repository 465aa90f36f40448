import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import type { Credential } from '../credentials/credential.js';
import { credentialExists, userExists } from '../errors/refusals.js';
import { KeptState } from '../state/kept-state.js';
import type { PersonalAccessToken } from './personal-access-token.js';
import { assignmentsAnswer, type RoleHolder } from './role.js';

/** A person of the application, or of the organisation itself. */
export type UserKind = 'EndUser' | 'CustomerEmployee';

/** An employee, an end user or a service account (dfns-api 4.1). */
export interface User extends RoleHolder {
  readonly userId: string;
  readonly username: string;
  /** Of a service account it can be changed. */
  name: string;
  /** The kind of a service account is `CustomerEmployee`. */
  readonly kind: UserKind;
  readonly isServiceAccount: boolean;
  externalId?: string;
  /** The id of the first credential. Before there is a credential it is a random id. */
  credentialUuid: string;
  /** The operations that the roles of the user allow. `RoleStore` keeps it up to date. */
  permissions: readonly string[];
  /** Change it with `setCredentials` only. */
  credentials: readonly Credential[];
  personalAccessTokens: readonly PersonalAccessToken[];
  isActive: boolean;
  isRegistered: boolean;
  isArchived: boolean;
  isSSORequired: boolean;
  /** The id of the personal access token that acts for the user. Only a copy for one request has it. */
  readonly actingToken?: string;
  /** It grows by one when all sessions of the user end. Tokens of sessions with a lower number are refused. */
  generation: number;
}

/** The members that a new user may be made with. All others have default values. */
export interface NewUser
  extends Pick<User, 'username' | 'kind'>,
    Partial<Omit<User, 'username' | 'kind' | 'credentials' | 'permissions'>> {
  credentials?: Credential[];
}

/** All users and service accounts. A username matches only if it is exactly the same text (dfns-api 21.15). */
@Injectable()
export class UserStore {
  readonly #byId: Map<string, User>;
  readonly #byUsername: Map<string, User>;
  readonly #holders: Map<string, User>;

  constructor(state: KeptState) {
    this.#byId = state.keep('users by id', new Map());
    this.#byUsername = state.keep('users by username', new Map());
    this.#holders = state.keep('users by credential', new Map());
  }

  /** @throws Refusal 401 `User already exists.`, or 409 if another user has a credential with the same id */
  add({ credentials = [], ...user }: NewUser): User {
    if (this.#byUsername.has(user.username)) throw userExists();
    const added: User = {
      userId: identifier('us'),
      name: user.username,
      isServiceAccount: false,
      credentialUuid: identifier('cr'),
      assignments: [],
      permissions: [],
      credentials: [],
      personalAccessTokens: [],
      isActive: true,
      isRegistered: false,
      isArchived: false,
      isSSORequired: false,
      generation: 0,
      ...user,
    };
    this.setCredentials(added, credentials);
    this.#byId.set(added.userId, added);
    this.#byUsername.set(added.username, added);
    return added;
  }

  byId(userId: string): User | undefined {
    return this.#byId.get(userId);
  }

  byUsername(username: string): User | undefined {
    return this.#byUsername.get(username);
  }

  /** The user who has the credential, active or not. */
  byCredential(credId: string): User | undefined {
    return this.#holders.get(credId);
  }

  /** All users, oldest first. */
  all(): User[] {
    return [...this.#byId.values()];
  }

  /** Replaces all credentials of a user. @throws Refusal 409 if an id occurs twice or belongs to another user */
  setCredentials(user: User, credentials: Credential[]): void {
    const ids = credentials.map(({ credId }) => credId);
    const taken = ids.find((id, index) => ids.indexOf(id) !== index || (this.#holders.get(id) ?? user) !== user);
    if (taken) throw credentialExists(taken);
    for (const { credId } of user.credentials) this.#holders.delete(credId);
    for (const id of ids) this.#holders.set(id, user);
    user.credentials = credentials;
    user.credentialUuid = credentials[0]?.credentialUuid ?? user.credentialUuid;
  }

  /** Deactivates a user. All tokens of the user end immediately, and do not come back. */
  deactivate(user: User): void {
    user.isActive = false;
    this.endTokens(user);
  }

  /** Ends all sessions and all personal access tokens of a user (dfns-api 12.5). */
  endTokens(user: User): void {
    user.generation += 1;
    user.personalAccessTokens = [];
  }
}

/** Who signs: the user, or a personal access token with its own key. User actions are bound to this id. */
export const actorOf = ({ actingToken, userId }: User): string => actingToken ?? userId;

/** The JSON object that the API returns for a user (dfns-api 19.11). */
export function userAnswer(user: User, orgId: string) {
  const { username, name, userId, kind, credentialUuid, permissions } = user;
  const { isActive, isServiceAccount, isRegistered, isSSORequired } = user;
  return {
    username,
    name,
    userId,
    kind,
    credentialUuid,
    orgId,
    permissions,
    isActive,
    isServiceAccount,
    isRegistered,
    isSSORequired,
    permissionAssignments: assignmentsAnswer(user),
  };
}

/** How a request names the user who asked for it. The token of a service account is its username. */
export const requesterOf = ({ userId, username, isServiceAccount }: User) => ({
  userId,
  ...(isServiceAccount && { tokenId: username }),
});
