import type { Activity, Subject } from './activity.js';
import type { Policy, SigningRule } from './policy.js';

/** What a policy says about an activity (dfns-api 16.9). */
export interface PolicyEvaluation {
  policyId: string;
  triggered: boolean;
  reason: string;
}

/** An activity of the past, for rules about a span of time. */
export interface PastActivity {
  time: number;
  subject: Subject;
}

const MINUTE_MS = 60_000;

/** Whether the policy is for this activity: its kind, and all its filters. */
export function isAbout({ status, activityKind, filters = {} }: Policy, { kind, subject }: Activity): boolean {
  if (status !== 'Active' || activityKind !== kind) return false;
  const { walletId, walletTags, permissionId, policyId } = filters as Filters;
  const tags = subject.walletTags ?? [];
  return (
    (!walletId || (subject.walletIds ?? []).some((id) => walletId.in.includes(id))) &&
    (!permissionId || permissionId.in.includes(subject.permissionId ?? '')) &&
    (!policyId || policyId.in.includes(subject.policyId ?? '')) &&
    (!walletTags?.hasAny || walletTags.hasAny.some((tag) => tags.includes(tag))) &&
    (walletTags?.hasAll ?? []).every((tag) => tags.includes(tag))
  );
}

interface Filters {
  walletId?: { in: string[] };
  walletTags?: { hasAny?: string[]; hasAll?: string[] };
  permissionId?: { in: string[] };
  policyId?: { in: string[] };
}

/** @param past activities of the same wallets, without this one */
export function evaluate(policy: Policy, { subject }: Activity, past: PastActivity[], now: number): PolicyEvaluation {
  const reason = reasonToTrigger(policy.rule as SigningRule, subject, past, now);
  return { policyId: policy.id, triggered: reason !== undefined, reason: reason ?? 'the rule is kept' };
}

/** A rule about a value also triggers if the value cannot be judged. */
function reasonToTrigger(rule: SigningRule, { recipient, usd }: Subject, past: PastActivity[], now: number) {
  const since = (minutes: number) => past.filter(({ time }) => time > now - minutes * MINUTE_MS);
  switch (rule.kind) {
    case 'AlwaysTrigger':
      return 'the rule always triggers';
    case 'TransactionRecipientWhitelist': {
      if (recipient === undefined) return 'the recipient is not known';
      const isListed = rule.configuration.addresses.some((one) => one.toLowerCase() === recipient.toLowerCase());
      return isListed ? undefined : `the recipient ${recipient} is not in the list`;
    }
    case 'TransactionAmountLimit':
      return aboveLimit(usd, rule.configuration.limit);
    case 'TransactionAmountVelocity': {
      const { limit, timeframe } = rule.configuration;
      const sum = since(timeframe).reduce((total, { subject }) => total + (subject.usd ?? 0), 0);
      return aboveLimit(usd === undefined ? undefined : sum + usd, limit);
    }
    case 'TransactionCountVelocity': {
      const { limit, timeframe } = rule.configuration;
      const count = since(timeframe).length + 1;
      return count > limit ? `${count} in ${timeframe} minutes are more than ${limit}` : undefined;
    }
    default:
      return undefined; // A vendor decides at Dfns. The sandbox has no vendor.
  }
}

function aboveLimit(usd: number | undefined, limit: number): string | undefined {
  if (usd === undefined) return 'the amount cannot be judged';
  return usd > limit ? `${usd} USD are more than ${limit} USD` : undefined;
}
