import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notFound } from '../errors/refusals.js';
import { KeptState } from '../state/kept-state.js';
import type { Policy, PolicyBody } from './policy.js';

/** The policies of the organisation, oldest first. */
@Injectable()
export class PolicyStore {
  readonly #policies: Map<string, Policy>;

  constructor(
    private readonly config: SandboxConfig,
    state: KeptState,
  ) {
    this.#policies = state.keep('policies', new Map());
  }

  create(body: PolicyBody): Policy {
    const date = this.config.date();
    const policy = { ...body, id: identifier('plc'), status: 'Active', dateCreated: date, dateUpdated: date } as const;
    this.#policies.set(policy.id, policy);
    return policy;
  }

  all(): Policy[] {
    return [...this.#policies.values()];
  }

  /** @throws Refusal 404 */
  get(policyId: string): Policy {
    const policy = this.#policies.get(policyId);
    if (!policy) throw notFound('policy', { policyId, orgId: this.config.orgId });
    return policy;
  }

  replace(policy: Policy): Policy {
    const changed = { ...policy, dateUpdated: this.config.date() };
    this.#policies.set(policy.id, changed);
    return changed;
  }
}
