import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import type { Credential } from '../credentials/credential.js';
import { credentialExists, userExists } from '../errors/refusals.js';

export type UserKind = 'EndUser' | 'CustomerEmployee';

/** An employee, an end user or a service account (spec 4.1). */
export interface User {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
  /** A service account shows as `CustomerEmployee`. */
  readonly kind: UserKind;
  readonly isServiceAccount: boolean;
  readonly externalId?: string;
  /** The id of its first credential, once it has one. */
  credentialUuid: string;
  permissions: readonly string[];
  /** Changed through the directory. */
  credentials: readonly Credential[];
  isActive: boolean;
  isRegistered: boolean;
  isArchived: boolean;
  /** Counts revocations; tokens of an earlier generation are refused. */
  generation: number;
}

/** What may be said about a new user; the rest follows. */
export interface NewUser
  extends Pick<User, 'username' | 'kind'>,
    Partial<Omit<User, 'username' | 'kind' | 'credentials'>> {
  credentials?: Credential[];
}

/** Everybody in the organisation. Usernames are compared exactly (spec 17, row 17). */
@Injectable()
export class UserStore {
  readonly #byId = new Map<string, User>();
  readonly #byUsername = new Map<string, User>();
  readonly #holders = new Map<string, User>();

  /** @throws Refusal 401 `User already exists.`, or 409 for a credential id that somebody has */
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

  /** In the order they came. */
  all(): User[] {
    return [...this.#byId.values()];
  }

  /** Gives a user these credentials in the place of their former ones. @throws Refusal 409 for an id that is taken */
  setCredentials(user: User, credentials: Credential[]): void {
    const ids = credentials.map(({ credId }) => credId);
    const taken = ids.find((id, index) => ids.indexOf(id) !== index || (this.#holders.get(id) ?? user) !== user);
    if (taken) throw credentialExists(taken);
    for (const { credId } of user.credentials) this.#holders.delete(credId);
    for (const id of ids) this.#holders.set(id, user);
    user.credentials = credentials;
    user.credentialUuid = credentials[0]?.credentialUuid ?? user.credentialUuid;
  }

  /** Switches a user off; their tokens end at once. */
  deactivate(user: User): void {
    user.isActive = false;
    user.generation += 1;
  }
}

/** A user as the API shows them (spec 14, User and ServiceAccountUser). */
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
