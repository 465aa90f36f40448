import type { User } from './user.js';
import { userAnswer } from './user-answer.js';

/** A service account as the API shows it; its token only when it is new (spec 14, ServiceAccount). */
export function serviceAccountAnswer(user: User, orgId: string, accessToken?: string) {
  const accessTokens = user.credentials.map(({ credId, publicKey, dateCreated }) => ({
    accessToken,
    dateCreated,
    credId,
    isActive: user.isActive,
    kind: 'ServiceAccount',
    linkedUserId: user.userId,
    linkedAppId: '',
    name: user.name,
    orgId,
    permissionAssignments: [],
    publicKey,
    tokenId: user.username,
  }));
  return { userInfo: userAnswer(user, orgId), accessTokens };
}
