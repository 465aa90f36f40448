import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { type Answer, readRetryAfter } from './answer.js';
import type { CallScope } from './call-scope.js';
import { Pause } from './pause.js';
import { Quota, WINDOW_MS } from './quota.js';
import { type Holder, Shares, WaitingLine } from './waiting-line.js';

/** Largest number of waiting requests: about what 64 connections send in 15 seconds, the default deadline. */
const MAX_WAITING = 10_000;
/** Milliseconds of the pause if Dfns refuses and does not say how long to wait. */
const UNTOLD_PAUSE_MS = 1_000;

/** What the governor must know about a request. */
export interface Demand extends Holder {
  scope: CallScope;
  /** Whether another request of the same attempt was sent before. */
  isContinued: boolean;
  /** Number of requests that the attempt still needs, with this one. The governor begins no call that the quota cannot end. */
  needs: number;
}

interface Waiter extends Demand {
  admit(): void;
  refuse(error: DfnsError): void;
  /** Whether it has a place, also if its call ended before it used the place. */
  isAdmitted: boolean;
}

/**
 * Decides when each request of one instance is sent. At most `http.maxSockets` requests are under way, so that none waits
 * inside the agent of Node, and never more than the quota of the organisation allows. Second and later requests of a call
 * go before first ones, so that under load some calls end in time, instead of all of them too late. A user never has more
 * than half of the places, and a kind of call has more than half only while no other kind waits.
 *
 * After a 429 nothing is sent until the moment that Dfns named, but at most for one window; then one request asks. A
 * waiting request obeys the deadline and the signal of its call. A request that cannot be sent in time fails at once.
 */
@Injectable()
export class QuotaGovernor implements OnApplicationShutdown {
  readonly #http: DfnsAuthConfig['http'];
  readonly #now: Clock;
  readonly #quota: Quota;
  readonly #pause: Pause;
  readonly #shares: Shares;
  readonly #continued = new WaitingLine<Waiter>();
  readonly #beginning = new WaitingLine<Waiter>();
  #underWay = 0;
  /** Whether the last answer was a 429. Then only one request may be under way. */
  #isAsking = false;

  constructor(@Inject(DFNS_AUTH_CONFIG) { http }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#http = http;
    this.#now = now;
    this.#quota = new Quota(now);
    this.#pause = new Pause(now, () => this.#admit());
    this.#shares = new Shares(http.maxSockets);
  }

  /** Milliseconds until requests are sent again; zero while there is no pause. */
  get pausedForMs(): number {
    return this.#pause.remainingMs;
  }

  /**
   * Sends a request when it is its turn, and reads the quota from the answer.
   *
   * @throws DfnsError `DFNS_RATE_LIMITED` with `retryAfterMs` instead of a request that could not be made in time; when
   * the call has ended, without making the request
   */
  async run(demand: Demand, request: () => Promise<Answer>): Promise<Answer> {
    demand.scope.throwIfEnded();
    if (this.#mayPass(demand) && !this.#hasItsShare(demand)) this.#enter(demand);
    else await this.#turn(demand);
    try {
      demand.scope.throwIfEnded();
      const answer = await request();
      this.#heed(answer);
      return answer;
    } finally {
      this.#leave(demand);
    }
  }

  onApplicationShutdown(): void {
    this.#pause.clear();
    this.#quota.clear();
  }

  get #waiting(): number {
    return this.#continued.size + this.#beginning.size;
  }

  #mayPass({ needs }: Demand): boolean {
    const left = Math.floor(this.#quota.remaining / needs);
    // One request may always pass: its answer says how much is left now.
    const allowed = this.#isAsking ? 1 : Math.min(this.#http.maxSockets, Math.max(1, left));
    return this.#underWay < allowed && this.#pause.remainingMs === 0;
  }

  async #turn(demand: Demand): Promise<void> {
    const { scope, isContinued } = demand;
    const pauseMs = this.#pause.remainingMs;
    if (pauseMs > 0 && pauseMs >= scope.remainingMs) throw paused(pauseMs);
    if (this.#underWay + this.#waiting >= this.#http.maxSockets + MAX_WAITING) throw crowded(this.#http.deadlineMs);
    const line = isContinued ? this.#continued : this.#beginning;
    const { waiter, turn } = newWaiter(demand);
    line.add(waiter);
    // A place may be free although this user or this kind of call has its share.
    this.#admit();
    try {
      await scope.race(turn);
    } catch (error) {
      line.delete(waiter);
      if (waiter.isAdmitted) this.#leave(waiter);
      throw error;
    }
  }

  #enter(demand: Demand): void {
    this.#underWay += 1;
    this.#shares.take(demand);
  }

  #leave(demand: Demand): void {
    this.#underWay -= 1;
    this.#shares.giveBack(demand);
    this.#admit();
  }

  /** Gives free places first to kinds of calls below their share, then to the other kinds. Users never exceed theirs. */
  #admit(): void {
    for (const byKind of [true, false]) {
      for (const line of [this.#continued, this.#beginning]) {
        for (let waiter = line.next(this.#shares, byKind); waiter; waiter = line.next(this.#shares, byKind)) {
          if (!this.#mayPass(waiter)) break;
          line.take(waiter);
          this.#enter(waiter);
          waiter.admit();
        }
      }
    }
  }

  #hasItsShare({ kind, user }: Demand): boolean {
    return this.#shares.isUserUsedUp(user) || (this.#waiting > 0 && this.#shares.isKindUsedUp(kind));
  }

  #heed(answer: Answer): void {
    const isRefused = answer.status === 429;
    this.#isAsking = isRefused;
    this.#quota.read(answer);
    if (!isRefused && this.#quota.remaining > 0) return;
    const askedMs = isRefused ? (readRetryAfter(answer, this.#now()) ?? UNTOLD_PAUSE_MS) : this.#quota.resetsInMs;
    this.#pause.extend(Math.min(askedMs, WINDOW_MS));
    const pauseMs = this.#pause.remainingMs;
    if (pauseMs === 0) return;
    for (const line of [this.#continued, this.#beginning]) {
      for (const waiter of line) {
        if (pauseMs < waiter.scope.remainingMs) continue;
        line.delete(waiter);
        waiter.refuse(paused(pauseMs));
      }
    }
  }
}

function newWaiter(demand: Demand): { waiter: Waiter; turn: Promise<void> } {
  const waiter = { ...demand, isAdmitted: false } as Waiter;
  const turn = new Promise<void>((resolve, reject) => {
    waiter.admit = () => {
      waiter.isAdmitted = true;
      resolve();
    };
    waiter.refuse = reject;
  });
  return { waiter, turn };
}

function paused(pauseMs: number): DfnsError {
  return new DfnsError('DFNS_RATE_LIMITED', 'the quota at Dfns is used up for longer than this call may take', {
    retryAfterMs: Math.ceil(pauseMs),
  });
}

function crowded(deadlineMs: number): DfnsError {
  return new DfnsError('DFNS_RATE_LIMITED', `${MAX_WAITING} requests to Dfns are waiting already`, {
    retryAfterMs: deadlineMs,
  });
}
