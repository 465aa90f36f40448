import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { forbidden, notFound } from '../errors/refusals.js';
import { requesterOf } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { ActivityHandlers } from './activity-handlers.js';
import type { Policy } from './policy.js';
import { PolicyGate } from './policy-gate.js';
import { PolicyStore } from './policy-store.js';

/** The JSON object that a 202 answers (dfns-api 16.6). */
export interface ChangeRequest {
  id: string;
  kind: 'Policy';
  operationKind: 'Update';
  status: 'Pending' | 'Applied' | 'Rejected';
  requester: { userId: string; tokenId?: string };
  entityId: string;
  dateCreated: string;
  dateResolved?: string;
  approvalId?: string;
  /** The policy as it would become. */
  body: Policy;
}

/** Changes of policies: they are made at once, or they wait for an approval (dfns-api 16.5). */
@Injectable()
export class ChangeRequests {
  readonly #requests: Map<string, ChangeRequest>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly gate: PolicyGate,
    private readonly policies: PolicyStore,
    handlers: ActivityHandlers,
    state: KeptState,
  ) {
    this.#requests = state.keep('change requests', new Map());
    handlers.add('change', {
      shown: (id) => ({ changeRequest: { ...this.#get(id) } }),
      goOn: (id, time) => this.policies.replace(this.#end(id, 'Applied', time).body),
      reject: (id, _reason, time) => this.#end(id, 'Rejected', time),
    });
  }

  /**
   * @returns the change request that waits, or `undefined` if the change was made
   * @throws Refusal 403 if a policy blocks the change
   */
  propose({ user, path }: Caller, body: Policy): ChangeRequest | undefined {
    const request: ChangeRequest = {
      kind: 'Policy',
      operationKind: 'Update',
      entityId: body.id,
      body,
      id: identifier('cr'),
      status: 'Pending',
      requester: requesterOf(user),
      dateCreated: this.config.date(),
    };
    const { id } = request;
    this.#requests.set(id, request);
    const subject = { policyId: body.id };
    const activity = { about: 'change', id, kind: 'Policies:Modify', initiator: user, subject } as const;
    const verdict = this.gate.submit(activity, (approvalId) => {
      request.approvalId = approvalId;
    });
    if (verdict.blockedBy) throw forbidden(user.kind, user.userId, path);
    return verdict.approvalId ? request : undefined;
  }

  /** The change of a policy that waits for an approval. */
  pendingOf(policyId: string): ChangeRequest | undefined {
    return [...this.#requests.values()].find(({ entityId, status }) => entityId === policyId && status === 'Pending');
  }

  #get(id: string): ChangeRequest {
    const request = this.#requests.get(id);
    if (!request) throw notFound('change request', { id, orgId: this.config.orgId });
    return request;
  }

  #end(id: string, status: 'Applied' | 'Rejected', time: number): ChangeRequest {
    return Object.assign(this.#get(id), { status, dateResolved: new Date(time).toISOString() });
  }
}
