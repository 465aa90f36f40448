import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { answerOf, type ChainAnswer, type ChainRequest, type Thing } from './chain-request.js';
import { ChainRequestStore } from './chain-request-store.js';
import { LifeCycle } from './life-cycle.js';

/**
 * Transfers or transactions by hand: whoever controls the sandbox says what the chain does. A request passes the states
 * on the way. All answers are plain JSON. A request that waits for an approval goes on only after it (422).
 */
export class ChainRequestControl {
  constructor(
    private readonly thing: Thing,
    private readonly config: SandboxConfig,
    private readonly schedule: Schedule,
    private readonly requests: ChainRequestStore,
    private readonly lifeCycle: LifeCycle,
  ) {}

  /** Oldest first. */
  list(): ChainAnswer[] {
    this.schedule.run();
    return this.requests.all(this.thing).map(answerOf);
  }

  broadcast(id: string): ChainAnswer {
    return this.#change(id, (request, now) => this.lifeCycle.broadcast(request, now));
  }

  confirm(id: string): ChainAnswer {
    return this.#change(id, (request, now) => this.lifeCycle.confirm(request, now));
  }

  fail(id: string, reason = 'failed by hand'): ChainAnswer {
    return this.#change(id, (request, now) => this.lifeCycle.fail(request, reason, now));
  }

  reject(id: string, reason = 'rejected by hand'): ChainAnswer {
    return this.#change(id, (request, now) => this.lifeCycle.reject(request, reason, now));
  }

  #change(id: string, change: (request: ChainRequest, now: number) => void): ChainAnswer {
    this.schedule.run();
    const request = this.requests.get(this.thing, id);
    change(request, this.config.now());
    return answerOf(request);
  }
}

/** The control of transfers, and that of transactions. */
@Injectable()
export class ChainRequestControls {
  readonly transfers: ChainRequestControl;
  readonly transactions: ChainRequestControl;

  constructor(config: SandboxConfig, schedule: Schedule, requests: ChainRequestStore, lifeCycle: LifeCycle) {
    this.transfers = new ChainRequestControl('transfer', config, schedule, requests, lifeCycle);
    this.transactions = new ChainRequestControl('transaction', config, schedule, requests, lifeCycle);
  }
}
