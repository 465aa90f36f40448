import type { User } from '../identities/user-store.js';
import type { Activity } from './activity.js';
import type { ApprovalGroup } from './policy.js';
import type { PolicyEvaluation } from './rule-check.js';

export type ApprovalStatus = 'Pending' | 'Approved' | 'Denied' | 'Expired';

export interface Decision {
  userId: string;
  date: string;
  reason: string | null;
  value: 'Approved' | 'Denied';
}

/** An activity that waits, and who may let it go on. */
export interface Approval {
  readonly id: string;
  readonly activity: Activity;
  readonly groups: ApprovalGroup[];
  readonly policyEvaluations: PolicyEvaluation[];
  readonly decisions: Decision[];
  readonly dateCreated: string;
  readonly expirationDate?: string;
  status: ApprovalStatus;
  dateUpdated: string;
  dateResolved?: string;
}

/**
 * The JSON object that the API returns for an approval (dfns-api 16.9).
 *
 * @param shown the activity in its present state
 */
export function approvalAnswer({ activity, groups: _, ...approval }: Approval, shown: object) {
  return {
    ...approval,
    policyEvaluations: [...approval.policyEvaluations],
    decisions: [...approval.decisions],
    initiatorId: activity.initiator.userId,
    activity: shown,
  };
}

/** The groups in which this decision of the user counts. */
export function groupsOf(user: User, value: Decision['value'], { groups, activity }: Approval): ApprovalGroup[] {
  const isInitiator = user.userId === activity.initiator.userId;
  return groups.filter((group) => {
    if (isInitiator && value === 'Approved' && !group.initiatorCanApprove) return false;
    const isListed = group.approvers.userId?.in.includes(user.userId);
    if (user.isServiceAccount) return Boolean(group.serviceAccountsCanApprove && isListed);
    return isListed ?? true;
  });
}

/** Whether every group has its quorum. `userOf` finds who decided. */
export function hasQuorum(approval: Approval, userOf: (userId: string) => User | undefined): boolean {
  return approval.groups.every((group) => {
    const votes = approval.decisions.filter(({ userId, value }) => {
      const user = userOf(userId);
      return value === 'Approved' && user && groupsOf(user, value, approval).includes(group);
    });
    return votes.length >= group.quorum;
  });
}
