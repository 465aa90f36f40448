import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { forbidden } from '../errors/refusals.js';
import { requesterOf } from '../identities/user-store.js';
import type { Subject } from './activity.js';
import type { ActivityKind } from './policy.js';
import { PolicyGate } from './policy-gate.js';

/** The JSON object that a 202 answers (dfns-api 16.6). */
export interface ChangeRequest {
  id: string;
  kind: 'Policy' | 'Permission' | 'Assignment';
  operationKind: 'Create' | 'Update' | 'Delete';
  status: 'Pending' | 'Applied' | 'Rejected';
  requester: { userId: string; tokenId?: string };
  entityId: string;
  dateCreated: string;
  dateResolved?: string;
  approvalId?: string;
  /** The entity as it would become. */
  body: object;
}

/** A change of a policy, a permission or an assignment, which a policy may hold. */
export interface Change extends Pick<ChangeRequest, 'kind' | 'operationKind' | 'entityId' | 'body'> {
  activityKind: ActivityKind;
  subject: Subject;
  apply: () => void;
}

/** Changes of the organisation: they are made at once, or they wait for an approval (dfns-api 16.5). */
@Injectable()
export class ChangeRequests {
  readonly #pending = new Map<string, ChangeRequest>();

  constructor(
    private readonly config: SandboxConfig,
    private readonly gate: PolicyGate,
  ) {}

  /**
   * @returns the change request that waits, or `undefined` if the change was made
   * @throws Refusal 403 if a policy blocks the change
   */
  propose({ user, path }: Caller, { activityKind, subject, apply, ...change }: Change): ChangeRequest | undefined {
    const request: ChangeRequest = {
      ...change,
      id: identifier('cr'),
      status: 'Pending',
      requester: requesterOf(user),
      dateCreated: this.config.date(),
    };
    const end = (status: 'Applied' | 'Rejected', time: number) => {
      request.status = status;
      request.dateResolved = new Date(time).toISOString();
      this.#pending.delete(request.entityId);
    };
    const { id } = request;
    const shown = () => ({ changeRequest: { ...request } });
    const goOn = (time: number) => {
      end('Applied', time);
      apply();
    };
    const reject = (_reason: string, time: number) => end('Rejected', time);
    const activity = { kind: activityKind, id, initiator: user, subject, shown, goOn, reject };
    const verdict = this.gate.submit(activity, (approvalId) => {
      request.approvalId = approvalId;
      this.#pending.set(request.entityId, request);
    });
    if (verdict.blockedBy) throw forbidden(user.kind, user.userId, path);
    return verdict.approvalId ? request : undefined;
  }

  /** The change of an entity that waits for an approval. */
  pendingOf(entityId: string): ChangeRequest | undefined {
    return this.#pending.get(entityId);
  }
}
