import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { decidedAlready, forbidden, notFound, wrongState } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { UserStore } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import type { Activity } from './activity.js';
import { ActivityHandlers } from './activity-handlers.js';
import { type Approval, type ApprovalStatus, approvalAnswer, type Decision, groupsOf, hasQuorum } from './approval.js';
import type { ApprovalGroup } from './policy.js';
import type { PolicyEvaluation } from './rule-check.js';

const MINUTE_MS = 60_000;

/** What the approval of an activity needs. */
export interface ApprovalRequest {
  groups: ApprovalGroup[];
  policyEvaluations: PolicyEvaluation[];
  /** After that many minutes the approval expires. Without it never. */
  minutes?: number;
}

/** All approvals, and the decisions about them (dfns-api 16.7). */
@Injectable()
export class ApprovalStore {
  readonly #approvals: Map<string, Approval>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly schedule: Schedule,
    private readonly users: UserStore,
    private readonly events: PlatformEvents,
    private readonly handlers: ActivityHandlers,
    state: KeptState,
  ) {
    this.#approvals = state.keep('approvals', new Map());
    schedule.plansAgainWith(() => {
      for (const approval of this.all()) this.#planEnd(approval);
    });
  }

  /** Makes an approval that is pending. {@link announce} tells about it. */
  open(activity: Activity, { groups, policyEvaluations, minutes }: ApprovalRequest): Approval {
    const now = this.config.now();
    const date = new Date(now).toISOString();
    const end = minutes === undefined ? undefined : now + minutes * MINUTE_MS;
    const approval: Approval = {
      id: identifier('ap'),
      activity,
      groups,
      policyEvaluations,
      decisions: [],
      status: 'Pending',
      dateCreated: date,
      dateUpdated: date,
      ...(end !== undefined && { expirationDate: new Date(end).toISOString() }),
    };
    this.#approvals.set(approval.id, approval);
    this.#planEnd(approval);
    return approval;
  }

  announce(approval: Approval): void {
    this.events.emit('policy.approval.pending', { approval: this.answer(approval) });
  }

  /** The JSON object that the API returns, with the activity in its present state. */
  answer(approval: Approval) {
    return approvalAnswer(approval, this.handlers.shown(approval.activity));
  }

  all(): Approval[] {
    return [...this.#approvals.values()];
  }

  /** @throws Refusal 404 */
  get(approvalId: string): Approval {
    const approval = this.#approvals.get(approvalId);
    if (!approval) throw notFound('approval', { approvalId, orgId: this.config.orgId });
    return approval;
  }

  /** @throws Refusal 403 for a stranger, 409 for a second decision, 422 for a closed approval */
  decide({ user, path }: Caller, approvalId: string, { value, reason }: Pick<Decision, 'value'> & { reason?: string }) {
    const approval = this.get(approvalId);
    if (groupsOf(user, value, approval).length === 0) throw forbidden(user.kind, user.userId, path);
    if (approval.decisions.some(({ userId }) => userId === user.userId)) throw decidedAlready();
    expectPending(approval);
    const now = this.config.now();
    const date = new Date(now).toISOString();
    approval.decisions.push({ userId: user.userId, date, reason: reason ?? null, value });
    approval.dateUpdated = date;
    if (value === 'Denied') this.resolve(approval, 'Denied', now);
    else if (hasQuorum(approval, (userId) => this.users.byId(userId))) this.resolve(approval, 'Approved', now);
    return approval;
  }

  /** Ends an approval without regard to its groups. @throws Refusal 422 for a closed approval */
  resolve(approval: Approval, status: Exclude<ApprovalStatus, 'Pending'>, time = this.config.now()): Approval {
    expectPending(approval);
    const { activity, id } = approval;
    approval.status = status;
    approval.dateUpdated = approval.dateResolved = new Date(time).toISOString();
    this.events.emit('policy.approval.resolved', {
      approval: { ...this.answer(approval), activityId: activity.id },
    });
    const reason = status === 'Denied' ? `approval ${id} was denied` : `approval ${id} has expired`;
    if (status === 'Approved') this.handlers.goOn(activity, time);
    else this.handlers.reject(activity, reason, time);
    return approval;
  }

  #planEnd(approval: Approval): void {
    this.schedule.at(Date.parse(approval.expirationDate ?? ''), (time) => {
      if (approval.status === 'Pending') this.resolve(approval, 'Expired', time);
    });
  }
}

function expectPending({ id, status }: Approval): void {
  if (status !== 'Pending') throw wrongState(`approval ${id} is ${status}`);
}
