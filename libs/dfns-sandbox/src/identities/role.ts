/**
 * A permission of the API: a named list of operations that identities may be given (dfns-api 14). The dashboard of Dfns
 * calls it a role. So does the sandbox, because `permissions` of a user are the operations that the user may do.
 */
export interface Role {
  /** `pm-…` */
  readonly id: string;
  name: string;
  operations: readonly string[];
  readonly isImmutable: boolean;
  /** An archived role allows nothing. */
  isArchived: boolean;
  readonly dateCreated: string;
  dateUpdated: string;
}

/** A role that an identity has. */
export interface RoleAssignment {
  /** `as-…` */
  readonly id: string;
  readonly role: Role;
  /** The id of a user, of a service account or of a personal access token. */
  readonly identityId: string;
  readonly dateCreated: string;
}

/** Somebody who can have roles. */
export interface RoleHolder {
  assignments: readonly RoleAssignment[];
}

/** The operations that the roles allow, each once. */
export function operationsOf({ assignments }: RoleHolder): string[] {
  const roles = assignments.map(({ role }) => role).filter(({ isArchived }) => !isArchived);
  return [...new Set(roles.flatMap(({ operations }) => operations))];
}

/** The member `permissionAssignments` of users and access tokens (dfns-api 19.11, 19.12). */
export const assignmentsAnswer = ({ assignments }: RoleHolder) =>
  assignments.map(({ id, role }) => ({
    permissionName: role.name,
    permissionId: role.id,
    assignmentId: id,
    operations: role.operations,
  }));
