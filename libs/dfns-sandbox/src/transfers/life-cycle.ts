import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { wrongState } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { PolicyGate } from '../policies/policy-gate.js';
import { answerOf, type ChainAnswer, type ChainRequest, type ChainStatus } from './chain-request.js';
import { Holdings, usdOf } from './holdings.js';
import { Settlement } from './settlement.js';

const EVENTS: Partial<Record<ChainStatus, string>> = {
  Pending: 'requested',
  Broadcasted: 'broadcasted',
  Confirmed: 'confirmed',
  Failed: 'failed',
  Rejected: 'rejected',
};

/**
 * Moves transfers and transactions from state to state (dfns-api 16.3): by the clock, or by hand. Every method takes the
 * time at which it happens, in milliseconds, and throws 422 if the present state does not allow it.
 */
@Injectable()
export class LifeCycle {
  constructor(
    private readonly config: SandboxConfig,
    private readonly schedule: Schedule,
    private readonly events: PlatformEvents,
    private readonly gate: PolicyGate,
    private readonly holdings: Holdings,
    private readonly settlement: Settlement,
  ) {}

  /** Begins a new request. Policies never look at what end users do with their wallets (dfns-api 16.5). */
  begin(request: ChainRequest): void {
    const { wallet, answer, replaces, moved } = request;
    this.#tell(request);
    if (replaces) {
      this.#hurry(request, this.config.now());
      return;
    }
    if (wallet.key.delegatedTo !== undefined) {
      this.#goOn(request, this.config.now());
      return;
    }
    const holding = moved && this.holdings.find(wallet, moved.asset);
    const subject = {
      walletIds: [wallet.id],
      walletTags: wallet.tags,
      ...(request.recipient !== undefined && { recipient: request.recipient }),
      usd: holding && moved && usdOf(holding, moved.amount),
    };
    const activity = {
      kind: 'Wallets:Sign' as const,
      id: answer.id,
      initiator: request.requester,
      subject,
      shown: () => shownIn(request),
      goOn: (time: number) => this.#goOn(request, time),
      reject: (reason: string, time: number) => this.#end(request, 'Rejected', reason, time),
    };
    this.gate.submit(activity, (approvalId) => {
      answer.approvalId = approvalId;
    });
  }

  broadcast(request: ChainRequest, time: number): void {
    const { answer } = request;
    if (answer.status === 'Pending') this.#execute(request, time);
    if (answer.status === 'Failed') return;
    expectStatus(answer, 'Executing');
    answer.txHash = `0x${randomBytes(32).toString('hex')}`;
    answer.fee = String(this.settlement.feeOf(request));
    answer.dateBroadcasted = new Date(time).toISOString();
    this.#become(request, 'Broadcasted');
  }

  confirm(request: ChainRequest, time: number): void {
    const { answer, replaces } = request;
    if (answer.status === 'Pending' || answer.status === 'Executing') this.broadcast(request, time);
    if (answer.status === 'Failed') return;
    expectStatus(answer, 'Broadcasted');
    answer.dateConfirmed = new Date(time).toISOString();
    this.settlement.settle(request, answer.dateConfirmed);
    this.#become(request, 'Confirmed');
    const loser = replaces ?? this.settlement.replacementOf(request);
    if (loser?.answer.status === 'Broadcasted') this.#end(loser, 'Failed', `${answer.id} was confirmed instead`, time);
  }

  fail(request: ChainRequest, reason: string, time: number): void {
    if (request.answer.status === 'Pending') this.#execute(request, time);
    if (request.answer.status === 'Failed') return;
    expectStatus(request.answer, 'Executing', 'Broadcasted');
    this.#end(request, 'Failed', reason, time);
  }

  reject(request: ChainRequest, reason: string, time: number): void {
    expectNotHeld(request.answer);
    expectStatus(request.answer, 'Pending');
    this.#end(request, 'Rejected', reason, time);
  }

  /** Stops a request before it is signed. */
  abort(request: ChainRequest, time: number): void {
    expectStatus(request.answer, 'Executing');
    this.#end(request, 'Failed', 'aborted', time);
  }

  #goOn(request: ChainRequest, from: number): void {
    const { answer } = request;
    if (answer.approvalId) answer.datePolicyResolved = new Date(from).toISOString();
    const { executeAfterMs, broadcastAfterMs, confirmAfterMs } = this.config.transfers;
    const isOpen = (...states: ChainStatus[]) => states.includes(answer.status) && !answer.replacementId;
    this.schedule.at(from + executeAfterMs, (time) => isOpen('Pending') && this.#execute(request, time));
    this.schedule.at(from + broadcastAfterMs, (time) => {
      if (isOpen('Pending', 'Executing')) this.broadcast(request, time);
    });
    this.schedule.at(from + confirmAfterMs, (time) => isOpen('Broadcasted') && this.confirm(request, time));
  }

  /** A request that replaces another one pays more, so it is broadcasted at once. */
  #hurry(request: ChainRequest, now: number): void {
    this.broadcast(request, now);
    const { broadcastAfterMs, confirmAfterMs } = this.config.transfers;
    const { answer } = request;
    this.schedule.at(now + confirmAfterMs - broadcastAfterMs, (time) => {
      if (answer.status === 'Broadcasted' && !answer.replacementId) this.confirm(request, time);
    });
  }

  #execute(request: ChainRequest, time: number): void {
    expectNotHeld(request.answer);
    this.#become(request, 'Executing');
    const shortage = this.settlement.shortageOf(request);
    if (shortage) this.#end(request, 'Failed', shortage, time);
  }

  #end(request: ChainRequest, status: 'Failed' | 'Rejected', reason: string, time: number): void {
    const { answer } = request;
    answer.reason = reason;
    if (status === 'Rejected') answer.datePolicyResolved = new Date(time).toISOString();
    this.#become(request, status);
  }

  #become(request: ChainRequest, status: ChainStatus): void {
    request.answer.status = status;
    this.#tell(request);
  }

  #tell(request: ChainRequest): void {
    const event = EVENTS[request.answer.status];
    if (event) this.events.emit(`wallet.${request.thing}.${event}`, shownIn(request));
  }
}

const shownIn = (request: ChainRequest) => ({ [`${request.thing}Request`]: answerOf(request) });

function expectStatus({ id, status }: ChainAnswer, ...allowed: ChainStatus[]): void {
  if (!allowed.includes(status)) throw wrongState(`${id} is ${status}`);
}

/** What waits for an approval goes on only after it. */
function expectNotHeld({ id, status, approvalId, datePolicyResolved }: ChainAnswer): void {
  if (status === 'Pending' && approvalId && !datePolicyResolved) {
    throw wrongState(`${id} waits for the approval ${approvalId}`);
  }
}
