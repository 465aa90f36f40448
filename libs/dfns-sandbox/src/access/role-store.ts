import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { alreadyAssigned, nameTaken, notFound, roleArchived, roleImmutable } from '../errors/refusals.js';
import type { PersonalAccessToken } from '../identities/personal-access-token.js';
import { operationsOf, type Role, type RoleAssignment } from '../identities/role.js';
import { type User, UserStore } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { EMPLOYEE_PERMISSIONS, END_USER_PERMISSIONS, SERVICE_ACCOUNT_PERMISSIONS } from './permissions.js';

/** The managed roles are older than every organisation, whatever the clock of the sandbox says. */
const MANAGED_SINCE = '2020-01-01T00:00:00.000Z';

/** What may change of a role. */
export type RoleChanges = Partial<Pick<Role, 'name' | 'operations' | 'isArchived'>>;

/** All roles, and who has them (dfns-api 14). The managed ones are there from the start (dfns-api 14.3). */
@Injectable()
export class RoleStore {
  readonly #roles: Map<string, Role>;
  /** The ids of the roles that new users get. */
  readonly #usual: { administrators: string; endUsers: string; serviceAccounts: string };

  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    state: KeptState,
  ) {
    this.#roles = state.keep('roles', new Map());
    this.#usual = state.keep('usual roles', {
      administrators: this.#addManaged('ManagedFullAdminAccess', EMPLOYEE_PERMISSIONS, true),
      endUsers: this.#addManaged('ManagedDefaultEndUserAccess', END_USER_PERMISSIONS),
      serviceAccounts: this.#addManaged('SandboxBackEndAccess', SERVICE_ACCOUNT_PERMISSIONS),
    });
  }

  /** All roles, oldest first. */
  all(): Role[] {
    return [...this.#roles.values()];
  }

  /** @throws Refusal 404 */
  get(permissionId: string): Role {
    const role = this.#roles.get(permissionId);
    if (!role) throw notFound('permission', { permissionId, orgId: this.config.orgId });
    return role;
  }

  /** @throws Refusal 404, 422 if the role is archived */
  getUsable(permissionId: string): Role {
    const role = this.get(permissionId);
    if (role.isArchived) throw roleArchived();
    return role;
  }

  /** @throws Refusal 409 if the name is taken, also by an archived role */
  create(name: string, operations: readonly string[]): Role {
    return this.#add({ name, operations, isImmutable: false, dateCreated: this.config.date() });
  }

  /** A role that may change so. @throws Refusal 404, 409 as `create`, 422 if the role is immutable */
  getChangeable(permissionId: string, { name }: RoleChanges): Role {
    const role = this.get(permissionId);
    if (role.isImmutable) throw roleImmutable();
    if (name !== undefined && name !== role.name) this.#assertFree(name);
    return role;
  }

  /** @throws Refusal as `getChangeable` */
  change(permissionId: string, changes: RoleChanges): Role {
    const role = this.getChangeable(permissionId, changes);
    Object.assign(role, changes, { dateUpdated: this.config.date() });
    for (const identity of this.#identities()) refresh(identity);
    return role;
  }

  /** Gives a new identity the usual role of such users, or a role of its own with exactly these operations. */
  giveFirst(identity: User | PersonalAccessToken, operations?: readonly string[]): void {
    if (operations && operations.length > 0) {
      this.#give(this.create(`Permissions of ${idOf(identity)}`, operations), identity);
    } else if (!operations && 'kind' in identity) this.#give(this.#usualOf(identity), identity);
  }

  /** @throws Refusal 404 for an unknown role or identity, 409 if it has the role already, 422 for an archived role */
  assign(permissionId: string, identityId: string, assignmentId = identifier('as')): RoleAssignment {
    const identity = this.getAssignable(permissionId, identityId);
    return this.#give(this.get(permissionId), identity, assignmentId);
  }

  /** An identity that may get the role. @throws Refusal as `assign` */
  getAssignable(permissionId: string, identityId: string): User | PersonalAccessToken {
    const role = this.getUsable(permissionId);
    const identity = this.#identity(identityId);
    if (!identity) throw notFound('identity', { identityId, orgId: this.config.orgId });
    if (identity.assignments.some((assignment) => assignment.role === role)) throw alreadyAssigned();
    return identity;
  }

  /** @throws Refusal 404 */
  getAssignment(permissionId: string, assignmentId: string): RoleAssignment {
    const assignment = this.assignmentsOf(permissionId).find(({ id }) => id === assignmentId);
    if (!assignment) throw notFound('assignment', { permissionId, assignmentId, orgId: this.config.orgId });
    return assignment;
  }

  /** @throws Refusal 404 */
  revoke(permissionId: string, assignmentId: string): void {
    const revoked = this.getAssignment(permissionId, assignmentId);
    const identity = this.#identity(revoked.identityId) as User | PersonalAccessToken;
    identity.assignments = identity.assignments.filter((assignment) => assignment !== revoked);
    refresh(identity);
  }

  /** @throws Refusal 404 */
  assignmentsOf(permissionId: string): RoleAssignment[] {
    const role = this.get(permissionId);
    return this.#identities()
      .flatMap(({ assignments }) => assignments)
      .filter((assignment) => assignment.role === role);
  }

  #addManaged(name: string, operations: readonly string[], isImmutable = false): string {
    return this.#add({ name, operations, isImmutable, dateCreated: MANAGED_SINCE }).id;
  }

  #add(given: Pick<Role, 'name' | 'operations' | 'isImmutable' | 'dateCreated'>): Role {
    this.#assertFree(given.name);
    const role = { id: identifier('pm'), ...given, isArchived: false, dateUpdated: given.dateCreated };
    this.#roles.set(role.id, role);
    return role;
  }

  #give(role: Role, identity: User | PersonalAccessToken, id = identifier('as')): RoleAssignment {
    const identityId = idOf(identity);
    const assignment = { id, role, identityId, dateCreated: this.config.date() };
    identity.assignments = [...identity.assignments, assignment];
    refresh(identity);
    return assignment;
  }

  #usualOf({ kind, isServiceAccount }: User): Role {
    const { administrators, endUsers, serviceAccounts } = this.#usual;
    if (isServiceAccount) return this.get(serviceAccounts);
    return this.get(kind === 'EndUser' ? endUsers : administrators);
  }

  #identities(): (User | PersonalAccessToken)[] {
    return this.users.all().flatMap((user) => [user, ...user.personalAccessTokens]);
  }

  #identity(id: string) {
    return this.users.byId(id) ?? this.#identities().find((identity) => idOf(identity) === id);
  }

  #assertFree(name: string): void {
    if (this.all().some((role) => role.name === name)) throw nameTaken('permission', name);
  }
}

/** Brings up to date what an identity may do. */
function refresh(identity: User | PersonalAccessToken): void {
  if ('tokenId' in identity) identity.isLimited ||= identity.assignments.length > 0;
  else identity.permissions = operationsOf(identity);
}

const idOf = (identity: User | PersonalAccessToken) => ('tokenId' in identity ? identity.tokenId : identity.userId);
