import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { PlatformEvents } from '../events/platform-events.js';
import { KeptState } from '../state/kept-state.js';
import type { Activity } from './activity.js';
import { ActivityHandlers } from './activity-handlers.js';
import { ApprovalStore } from './approval-store.js';
import type { Policy } from './policy.js';
import { PolicyStore } from './policy-store.js';
import { evaluate, isAbout, type PastActivity, type PolicyEvaluation } from './rule-check.js';

const LONGEST_TIMEFRAME_MS = 43_200 * 60_000;

/** What became of an activity: it went on (neither member), it waits, or it was blocked. */
export interface Verdict {
  approvalId?: string;
  blockedBy?: string;
}

type Triggered = PolicyEvaluation & { policy: Policy };

/** Asks all policies about an activity, and lets it go on, holds it or blocks it (dfns-api 16.5). */
@Injectable()
export class PolicyGate {
  readonly #past: { activities: (PastActivity & { kind: Activity['kind'] })[] };

  constructor(
    private readonly config: SandboxConfig,
    private readonly policies: PolicyStore,
    private readonly approvals: ApprovalStore,
    private readonly events: PlatformEvents,
    private readonly handlers: ActivityHandlers,
    state: KeptState,
  ) {
    this.#past = state.keep('past activities', { activities: [] });
  }

  /**
   * Lets the activity go on or rejects it at once, or later when its approval is resolved.
   *
   * @param noteApproval called before the events of a held activity, so that they can show the id of its approval
   */
  submit(activity: Activity, noteApproval: (approvalId: string) => void): Verdict {
    const now = this.config.now();
    const evaluations = this.#evaluate(activity, now);
    const triggered = evaluations.filter((evaluation) => evaluation.triggered);
    const blocking = triggered.find(({ policy }) => policy.action.kind === 'Block');
    const held = blocking ? undefined : this.#hold(activity, evaluations, triggered);
    if (held) noteApproval(held.id);
    for (const evaluation of triggered) this.#tell(activity, evaluation);
    if (held) {
      this.approvals.announce(held);
      return { approvalId: held.id };
    }
    if (!blocking) this.handlers.goOn(activity, now);
    else this.handlers.reject(activity, `blocked by policy ${blocking.policyId}`, now);
    return blocking ? { blockedBy: blocking.policyId } : {};
  }

  #evaluate(activity: Activity, now: number): Triggered[] {
    const { kind, subject } = activity;
    const remembered = this.#past.activities.filter(({ time }) => time > now - LONGEST_TIMEFRAME_MS);
    const past = remembered.filter(
      (one) => one.kind === kind && one.subject.walletIds?.some((id) => subject.walletIds?.includes(id)),
    );
    this.#past.activities = [...remembered, { kind, subject, time: now }];
    return this.policies
      .all()
      .filter((policy) => isAbout(policy, activity))
      .map((policy) => ({ ...evaluate(policy, activity, past, now), policy }));
  }

  #hold(activity: Activity, evaluations: Triggered[], triggered: Triggered[]) {
    const actions = triggered.flatMap(({ policy: { action } }) => (action.kind === 'RequestApproval' ? [action] : []));
    if (actions.length === 0) return undefined;
    const timeouts = actions.flatMap(({ autoRejectTimeout }) => autoRejectTimeout ?? []);
    return this.approvals.open(activity, {
      groups: actions.flatMap(({ approvalGroups }) => approvalGroups),
      policyEvaluations: evaluations.map(({ policy: _, ...evaluation }) => evaluation),
      ...(timeouts.length > 0 && { minutes: Math.min(...timeouts) }),
    });
  }

  #tell(activity: Activity, { policy, triggered, reason }: Triggered): void {
    this.events.emit('policy.triggered', {
      policyEvaluation: {
        id: identifier('plce'),
        triggered,
        reason,
        date: this.config.date(),
        policy,
        activity: this.handlers.shown(activity),
        context: {},
      },
    });
  }
}
