import type { UserStore } from '../../identities/user-store.js';
import type { ApprovalControl } from '../../policies/approval-control.js';
import type { ApprovalStore } from '../../policies/approval-store.js';
import type { ApprovalGroup } from '../../policies/policy.js';
import type { PolicyStore } from '../../policies/policy-store.js';
import type { Section } from '../section.js';
import { ownerOf } from './wallet-sections.js';

/** `approvals`: what policies hold. */
export function approvalsSection(
  control: ApprovalControl,
  approvals: ApprovalStore,
  policies: PolicyStore,
  users: UserStore,
): Section {
  const nameOf = (userId: string) => ownerOf(users, userId);
  return {
    name: 'approvals',
    title: 'Approvals',
    words: 'What policies hold until somebody approves it. Here you decide, whatever the groups say.',
    empty: 'Nothing waits for an approval.',
    columns: [
      { member: 'about', title: 'About' },
      { member: 'subject', title: 'Id of it', as: 'code' },
      { member: 'policies', title: 'Policy' },
      { member: 'groups', title: 'Groups', as: 'details' },
      { member: 'status', title: 'State', as: 'state' },
      { member: 'initiator', title: 'Asked by' },
      { member: 'expirationDate', title: 'Expires', as: 'date' },
    ],
    list: () =>
      control.list().map(({ id, status, initiatorId, policyEvaluations, expirationDate }) => {
        const { activity, groups } = approvals.get(id);
        const triggered = policyEvaluations.filter((evaluation) => evaluation.triggered);
        return {
          id,
          about: `${activity.kind}: ${activity.about}`,
          subject: activity.id,
          policies: triggered.map(({ policyId }) => policies.get(policyId).name).join(', '),
          groups: groups.map((group) => groupWords(group, nameOf)),
          status,
          initiator: nameOf(initiatorId),
          expirationDate,
          actions: status === 'Pending' ? ['approve', 'deny', 'expire'] : [],
        };
      }),
    actions: {
      approve: {
        label: 'Approve',
        words: 'Approves it for all groups, so that it goes on.',
        run: (id) => void control.approve(id),
      },
      deny: {
        label: 'Deny',
        words: 'Denies it. What waits is rejected.',
        isFinal: true,
        run: (id) => void control.deny(id),
      },
      expire: {
        label: 'Expire',
        words: 'Ends it, as if its time were over. What waits is rejected.',
        isFinal: true,
        run: (id) => void control.expire(id),
      },
    },
  };
}

/** `policies`: rules about what wallets sign, and about changes. */
export function policiesSection(policies: PolicyStore): Section {
  return {
    name: 'policies',
    title: 'Policies',
    words: 'Rules that let an activity go on, hold it for an approval, or block it.',
    empty: 'There is no policy yet, so everything goes on.',
    columns: [
      { member: 'name', title: 'Name' },
      { member: 'activityKind', title: 'Activity' },
      { member: 'rule', title: 'Rule' },
      { member: 'action', title: 'Action' },
      { member: 'status', title: 'State', as: 'state' },
      { member: 'policyId', title: 'Id', as: 'code' },
      { member: 'whole', title: 'More', as: 'details' },
    ],
    list: () =>
      policies.all().map((policy) => ({
        id: policy.id,
        name: policy.name,
        activityKind: policy.activityKind,
        rule: policy.rule.kind,
        action: policy.action.kind,
        status: policy.status,
        policyId: policy.id,
        whole: { rule: policy.rule, action: policy.action, filters: policy.filters },
        actions: [],
      })),
  };
}

function groupWords({ name, quorum, approvers }: ApprovalGroup, nameOf: (userId: string) => string): string {
  const people = approvers.userId?.in.map(nameOf).join(', ') ?? 'all users';
  return `${name ? `${name}: ` : ''}${quorum} of ${people}`;
}
