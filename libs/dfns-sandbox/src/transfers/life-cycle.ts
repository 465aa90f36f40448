import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { wrongState } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { ActivityHandlers } from '../policies/activity-handlers.js';
import { PolicyGate } from '../policies/policy-gate.js';
import { answerOf, type ChainAnswer, type ChainRequest, type ChainStatus, isHeld } from './chain-request.js';
import { ChainRequestStore } from './chain-request-store.js';
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
    requests: ChainRequestStore,
    handlers: ActivityHandlers,
  ) {
    for (const thing of ['transfer', 'transaction'] as const) {
      handlers.add(thing, {
        shown: (id) => shownIn(requests.get(thing, id)),
        goOn: (id, time) => this.#goOn(requests.get(thing, id), time),
        reject: (id, reason, time) => this.#end(requests.get(thing, id), 'Rejected', reason, time),
      });
      schedule.plansAgainWith(() => {
        for (const request of requests.all(thing)) if (!isHeld(request.answer)) this.#plan(request);
      });
    }
  }

  /** Begins a new request. Policies never look at what end users do with their wallets (dfns-api 16.5). */
  begin(request: ChainRequest): void {
    const { wallet, answer, replaces, moved } = request;
    this.#tell(request);
    // A request that replaces another one pays more, so it is broadcasted at once.
    if (replaces) {
      this.broadcast(request, this.config.now());
      this.#plan(request);
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
    const { thing, requester: initiator } = request;
    this.gate.submit({ about: thing, id: answer.id, kind: 'Wallets:Sign', initiator, subject }, (approvalId) => {
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

  #goOn(request: ChainRequest, time: number): void {
    const { answer } = request;
    if (answer.approvalId) answer.datePolicyResolved = new Date(time).toISOString();
    this.#plan(request);
  }

  /** Plans what the clock brings. It follows from the dates of the request alone. */
  #plan(request: ChainRequest): void {
    const { answer, replaces } = request;
    const { executeAfterMs, broadcastAfterMs, confirmAfterMs } = this.config.transfers;
    const begun = Date.parse(answer.datePolicyResolved ?? answer.dateRequested);
    const from = replaces ? begun - broadcastAfterMs : begun;
    const isOpen = (...states: ChainStatus[]) => states.includes(answer.status) && !answer.replacementId;
    this.schedule.at(from + executeAfterMs, (time) => isOpen('Pending') && this.#execute(request, time));
    this.schedule.at(from + broadcastAfterMs, (time) => {
      if (isOpen('Pending', 'Executing')) this.broadcast(request, time);
    });
    this.schedule.at(from + confirmAfterMs, (time) => isOpen('Broadcasted') && this.confirm(request, time));
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
function expectNotHeld(answer: ChainAnswer): void {
  if (isHeld(answer)) throw wrongState(`${answer.id} waits for the approval ${answer.approvalId}`);
}
