import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import type { Credential } from '../credentials/credential.js';
import { credentialExists, userExists } from '../errors/refusals.js';
import { KeptState } from '../state/kept-state.js';

export type UserKind = 'EndUser' | 'CustomerEmployee';

/** An employee, an end user or a service account (dfns-api 4.1). */
export interface User {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
  /** The kind of a service account is `CustomerEmployee`. */
  readonly kind: UserKind;
  readonly isServiceAccount: boolean;
  readonly externalId?: string;
  /** The id of the first credential. Before there is a credential it is a random id. */
  credentialUuid: string;
  permissions: readonly string[];
  /** Change it with `setCredentials` only. */
  credentials: readonly Credential[];
  isActive: boolean;
  isRegistered: boolean;
  isArchived: boolean;
  /** It grows by one when all tokens of the user end. Tokens with a lower number are refused. */
  generation: number;
}

/** The members that a new user may be made with. All others have default values. */
export interface NewUser
  extends Pick<User, 'username' | 'kind'>,
    Partial<Omit<User, 'username' | 'kind' | 'credentials'>> {
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
      permissions: [],
      credentials: [],
      isActive: true,
      isRegistered: false,
      isArchived: false,
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

  /** Deactivates a user. All tokens of the user end immediately. */
  deactivate(user: User): void {
    user.isActive = false;
    user.generation += 1;
  }
}

/** The JSON object that the API returns for a user (dfns-api 19.11, 19.12). */
export function userAnswer(user: User, orgId: string) {
  const { username, name, userId, kind, credentialUuid, permissions, isActive, isServiceAccount, isRegistered } = user;
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
    isSSORequired: false,
    permissionAssignments: [],
  };
}
