import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { forbidden, notFound, Refusal } from '../errors/refusals.js';
import { requesterOf } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import type { Subject } from './activity.js';
import { ActivityHandlers } from './activity-handlers.js';
import type { ActivityKind } from './policy.js';
import { PolicyGate } from './policy-gate.js';

/** The JSON object that a 202 answers (dfns-api 16.6). */
export interface ChangeRequest {
  id: string;
  kind: 'Policy' | 'Permission' | 'Assignment';
  operationKind: 'Create' | 'Update' | 'Delete';
  status: 'Pending' | 'Applied' | 'Failed' | 'Rejected';
  requester: { userId: string; tokenId?: string };
  entityId: string;
  dateCreated: string;
  dateResolved?: string;
  approvalId?: string;
  /** The thing as it would become. */
  body: object;
}

/** A change of the organisation, which a policy may hold. */
export interface Change extends Pick<ChangeRequest, 'kind' | 'operationKind' | 'entityId' | 'body'> {
  activityKind: ActivityKind;
  subject: Subject;
}

/** Changes of the organisation: they are made at once, or they wait for an approval (dfns-api 16.5). */
@Injectable()
export class ChangeRequests {
  readonly #requests: Map<string, ChangeRequest>;
  readonly #appliers = new Map<ChangeRequest['kind'], (request: ChangeRequest) => void>();

  constructor(
    private readonly config: SandboxConfig,
    private readonly gate: PolicyGate,
    handlers: ActivityHandlers,
    state: KeptState,
  ) {
    this.#requests = state.keep('change requests', new Map());
    handlers.add('change', {
      shown: (id) => ({ changeRequest: { ...this.#get(id) } }),
      goOn: (id, time) => this.#apply(id, time),
      reject: (id, _reason, time) => this.#end(id, 'Rejected', time),
    });
  }

  /** Says how changes of a kind are made. Functions are not kept with the state, so each feature says it at the start. */
  applyWith(kind: ChangeRequest['kind'], apply: (request: ChangeRequest) => void): void {
    this.#appliers.set(kind, apply);
  }

  /**
   * @returns the change request that waits, or `undefined` if the change was made
   * @throws Refusal 403 if a policy blocks the change
   */
  propose({ user, path }: Caller, { activityKind, subject, ...change }: Change): ChangeRequest | undefined {
    const request: ChangeRequest = {
      ...change,
      id: identifier('cr'),
      status: 'Pending',
      requester: requesterOf(user),
      dateCreated: this.config.date(),
    };
    const { id } = request;
    this.#requests.set(id, request);
    const activity = { about: 'change', id, kind: activityKind, initiator: user, subject } as const;
    const verdict = this.gate.submit(activity, (approvalId) => {
      request.approvalId = approvalId;
    });
    if (verdict.blockedBy) throw forbidden(user.kind, user.userId, path);
    return verdict.approvalId ? request : undefined;
  }

  /** The change of an entity that waits for an approval. */
  pendingOf(kind: ChangeRequest['kind'], id: string): ChangeRequest | undefined {
    const isIt = (request: ChangeRequest) => request.kind === kind && request.entityId === id;
    return [...this.#requests.values()].find((request) => isIt(request) && request.status === 'Pending');
  }

  /** What was possible when the change was proposed may not be possible any more when it is approved. */
  #apply(id: string, time: number): void {
    const request = this.#get(id);
    try {
      this.#appliers.get(request.kind)?.(request);
      this.#end(id, 'Applied', time);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#end(id, 'Failed', time);
    }
  }

  #get(id: string): ChangeRequest {
    const request = this.#requests.get(id);
    if (!request) throw notFound('change request', { id, orgId: this.config.orgId });
    return request;
  }

  #end(id: string, status: 'Applied' | 'Failed' | 'Rejected', time: number): ChangeRequest {
    return Object.assign(this.#get(id), { status, dateResolved: new Date(time).toISOString() });
  }
}
