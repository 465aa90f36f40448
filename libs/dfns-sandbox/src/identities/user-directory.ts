import { Injectable } from '@nestjs/common';
import type { Credential } from '../credentials/credential.js';
import { credentialExists, userExists } from '../errors/refusals.js';
import { identifier } from './identifiers.js';
import type { NewUser, User } from './user.js';

/** Everybody in the organisation. Usernames are compared exactly (spec 17, row 17). */
@Injectable()
export class UserDirectory {
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
