import { integer, optional, text } from '../bodies/shape.js';
import type { SandboxConfig } from '../configuration/sandbox-config.js';
import type { Credential } from '../credentials/credential.js';
import { publicKeyMember } from '../credentials/public-key.js';
import { assignmentsAnswer, type RoleHolder } from '../identities/role.js';

/** The members of a body that makes a service account or a personal access token (dfns-api 12.3, 12.5). */
export const newAccessTokenMembers = {
  name: text({ max: 100 }),
  publicKey: publicKeyMember,
  permissionId: optional(text({ pattern: /^pm-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/ })),
  externalId: optional(text({ max: 100 })),
  daysValid: optional(integer(1, 730)),
};

/** The body that renames a service account or a personal access token. */
export const renamedMembers = {
  name: optional(text({ max: 100 })),
  externalId: optional(text({ max: 100 })),
};

/** How many days an access token is valid if its maker names none. */
export const USUAL_DAYS = 730;

interface ShownToken extends RoleHolder {
  kind: 'Pat' | 'ServiceAccount';
  tokenId: string;
  name: string;
  isActive: boolean;
  linkedUserId: string;
  credential: Credential;
}

/** The JSON object that the API returns for an access token (dfns-api 19.12). Only a new one has `accessToken`. */
export function accessTokenAnswer(token: ShownToken, { orgId, appId }: SandboxConfig, accessToken?: string) {
  const { kind, tokenId, name, isActive, linkedUserId, credential } = token;
  const { credId, publicKey, dateCreated } = credential;
  return {
    accessToken,
    dateCreated,
    credId,
    isActive,
    kind,
    linkedUserId,
    linkedAppId: appId,
    name,
    orgId,
    permissionAssignments: assignmentsAnswer(token),
    publicKey,
    tokenId,
  };
}
