import type { User } from './user.js';

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
