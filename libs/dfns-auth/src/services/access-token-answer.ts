import { withConcealed } from '../config/concealed-options.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { PermissionOfIdentity } from './dfns-users.js';

/**
 * The token of a service account, or a personal access token (dfns-api 19.12), as Dfns sent it: no member is checked.
 * Answers of Dfns may lack the optional members (dfns-api 20.32).
 */
export interface DfnsAccessToken {
  /** `to-…` */
  tokenId: string;
  /**
   * The secret: the bearer of calls. Only the answer that creates the token has it, so store it at once. It is concealed:
   * printing, JSON and a spread copy leave it out.
   */
  accessToken?: string;
  /** The id of its key, for the option `serviceAccount.credential.credId`. */
  credId?: string;
  name?: string;
  /** `Pat` or `ServiceAccount`. */
  kind?: string;
  isActive?: boolean;
  publicKey?: string;
  /** The user or service account for which the token acts. */
  linkedUserId?: string;
  linkedAppId?: string;
  orgId?: string;
  /** ISO 8601. */
  dateCreated?: string;
  permissionAssignments?: PermissionOfIdentity[];
}

/** Reads a {@link DfnsAccessToken}, and conceals its secret. */
export function readAccessToken(answer: AnswerReader): DfnsAccessToken {
  const { accessToken, ...shown } = answer.unchecked<DfnsAccessToken>();
  return accessToken === undefined ? shown : withConcealed(shown, { accessToken });
}
