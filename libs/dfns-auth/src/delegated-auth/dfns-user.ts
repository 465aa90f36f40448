import type { AnswerMembers } from './answer-members.js';

/** A user of the organisation (spec 14). */
export interface DfnsUser {
  username: string;
  name: string;
  userId: string;
  /** `EndUser`, `CustomerEmployee` and a few more. */
  kind: string;
  /** Of their first credential. */
  credentialUuid: string;
  orgId: string;
  isActive: boolean;
  isServiceAccount: boolean;
  /** False for one who began a registration and did not finish it. */
  isRegistered: boolean;
}

/** Reads a {@link DfnsUser}. */
export function readUser(user: AnswerMembers): DfnsUser {
  return user.whole<DfnsUser>({
    texts: ['username', 'name', 'userId', 'kind', 'credentialUuid', 'orgId'],
    flags: ['isActive', 'isServiceAccount', 'isRegistered'],
  });
}
