import { Injectable } from '@nestjs/common';
import { userExists } from '../errors/refusals.js';
import { identifier } from './identifiers.js';
import type { NewUser, User } from './user.js';

/** Everybody in the organisation. Usernames are compared exactly (spec 17, row 17). */
@Injectable()
export class UserDirectory {
  readonly #byId = new Map<string, User>();
  readonly #byUsername = new Map<string, User>();

  /** @throws Refusal 401 `User already exists.` */
  add(user: NewUser): User {
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

  holderOf(credId: string): User | undefined {
    return this.all().find((user) => user.credentials.some((credential) => credential.credId === credId));
  }

  deactivate(user: User): void {
    user.isActive = false;
    user.generation += 1;
  }
}
