import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { type Answer, readRetryAfter } from './answer.js';
import { BegunAttempts } from './begun-attempts.js';
import { Forecast } from './forecast.js';
import { Lateness } from './lateness.js';
import { Pause } from './pause.js';
import { Quota, WINDOW_MS } from './quota.js';
import { type Demand, newWaiter, type Waiter } from './waiter.js';
import { Shares, WaitingLine } from './waiting-line.js';

/** Largest number of waiting requests: about what 64 connections send in 15 seconds, the default deadline. */
const MAX_WAITING = 10_000;
/** Milliseconds of the pause if Dfns refuses and does not say how long to wait. */
const UNTOLD_PAUSE_MS = 1_000;
/** Milliseconds after which the waiting requests are looked at again, since the forecast changes. */
const REVIEW_MS = 250;

/**
 * Decides when each request of one instance is sent. At most `http.maxSockets` requests are under way, so that none waits
 * inside the agent of Node, and never more than the quota of the organisation allows. Second and later requests of a call
 * go before first ones, and the quota for them is kept. A user never has more than half of the places, and a kind of call
 * has more than half only while no other kind waits.
 *
 * A call that would not end in time is not begun, and fails at once: under load, some calls end in time, instead of all
 * of them too late. As long as a place is free, every call is begun.
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
  readonly #forecast: Forecast;
  readonly #lateness: Lateness;
  readonly #begun = new BegunAttempts();
  readonly #continued = new WaitingLine<Waiter>();
  readonly #beginning = new WaitingLine<Waiter>();
  #underWay = 0;
  /** How many requests were sent, and the number of the last of them that was answered. */
  #sent = 0;
  #lastAnswered = 0;
  /** Set by a 429, until a request that was sent after it is answered. Then only one request may be under way. */
  #isAsking = false;
  /** The number of the last request that was sent before the last 429. */
  #sentBefore429 = 0;
  /** When the waiting requests were last looked at, by `performance.now()`. */
  #reviewedAt = Number.NEGATIVE_INFINITY;

  constructor(@Inject(DFNS_AUTH_CONFIG) { http }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#http = http;
    this.#now = now;
    this.#quota = new Quota(now, () => this.#admit());
    this.#pause = new Pause(now, () => this.#admit());
    this.#shares = new Shares(http.maxSockets);
    this.#forecast = new Forecast(http.maxSockets);
    this.#lateness = new Lateness(this.#quota, this.#pause, this.#forecast);
  }

  /** Milliseconds until requests are sent again; zero while there is no pause. */
  get pausedForMs(): number {
    return this.#pause.remainingMs;
  }

  /** Whether `requests` more would leave half of the places and half of the quota to others, and nobody waits. */
  canSpare(requests: number): boolean {
    if (this.#isAsking || this.#waiting > 0) return false;
    return this.#underWay < this.#http.maxSockets / 2 && this.#quota.leavesHalf(this.#promised + requests);
  }

  /**
   * Sends a request when it is its turn, and reads the quota from the answer.
   *
   * @throws DfnsError `DFNS_RATE_LIMITED` with `retryAfterMs` instead of a request that could not be made in time, or of
   * the first request of a call that could not end in time; when the call has ended, without making the request
   */
  async run(demand: Demand, request: () => Promise<Answer>): Promise<Answer> {
    demand.scope.throwIfEnded();
    if (this.#mayPass(demand) && !this.#shares.isUserUsedUp(demand.user)) this.#enter(demand);
    else await this.#turn(demand);
    const enteredAt = performance.now();
    try {
      demand.scope.throwIfEnded();
      this.#sent += 1;
      const sent = this.#sent;
      const answer = await request();
      this.#heed(answer, sent);
      return answer;
    } finally {
      this.#forecast.noteRequest(performance.now() - enteredAt);
      this.#leave(demand);
      if (performance.now() - this.#reviewedAt > REVIEW_MS) this.#refuseLate();
    }
  }

  /** Notes that an attempt sends no more requests. */
  end(attempt: object, kind: string): void {
    const ended = this.#begun.end(attempt);
    if (!ended) return;
    // A call that failed early says nothing, unless even that took longer.
    if (ended.isWhole || ended.ms > this.#forecast.callMs(kind)) this.#forecast.noteCall(kind, ended.ms);
    this.#admit();
  }

  onApplicationShutdown(): void {
    this.#pause.clear();
    this.#quota.clear();
  }

  get #waiting(): number {
    return this.#continued.size + this.#beginning.size;
  }

  #mayPass(demand: Demand): boolean {
    if (this.#pause.remainingMs > 0) return false;
    if (this.#underWay >= (this.#isAsking ? 1 : this.#http.maxSockets)) return false;
    if (demand.isContinued) return true;
    return this.#quota.allows(this.#promised, demand.requests);
  }

  /** Requests that the begun calls use of the quota, and that Dfns has perhaps not counted yet. */
  get #promised(): number {
    return this.#underWay + this.#begun.requestsLeft;
  }

  async #turn(demand: Demand): Promise<void> {
    const { scope, isContinued } = demand;
    const pauseMs = this.#pause.remainingMs;
    if (pauseMs > 0 && pauseMs >= scope.remainingMs) throw paused(pauseMs);
    if (this.#underWay + this.#waiting >= this.#http.maxSockets + MAX_WAITING) throw crowded(this.#http.deadlineMs);
    const line = isContinued ? this.#continued : this.#beginning;
    const lateMs = isContinued ? 0 : this.#lateMs(demand, line.aheadOf(demand));
    if (lateMs > 0) throw this.#lateness.refusal(lateMs);
    const { waiter, turn } = newWaiter(demand);
    line.add(waiter);
    try {
      await scope.race(turn);
    } catch (error) {
      line.delete(waiter);
      if (waiter.isAdmitted) this.#leave(waiter);
      else if (scope.remainingMs === 0) this.#lateness.note();
      throw error;
    }
  }

  /** Milliseconds that a call behind `ahead` others would take, if it would not end in time; otherwise zero. */
  #lateMs(demand: Demand, ahead: number, doubt?: number): number {
    return this.#lateness.lateMs(demand, ahead, this.#promised, this.#beginning.size > 1, doubt);
  }

  #enter(demand: Demand): void {
    this.#underWay += 1;
    this.#shares.take(demand);
    if (demand.isContinued) this.#begun.goOn(demand.attempt);
    else this.#begun.begin(demand.attempt, demand.requests);
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
          const lateMs = waiter.isContinued ? 0 : this.#lateMs(waiter, 0, 1);
          if (lateMs > 0) {
            this.#refuse(waiter, lateMs);
            continue;
          }
          line.take(waiter);
          this.#enter(waiter);
          waiter.admit();
        }
      }
    }
  }

  #heed(answer: Answer, sent: number): void {
    const isRefused = answer.status === 429;
    if (isRefused) this.#sentBefore429 = this.#sent;
    if (isRefused || sent > this.#sentBefore429) this.#isAsking = isRefused;
    this.#lastAnswered = Math.max(this.#lastAnswered, sent);
    const sentLater = this.#sent - this.#lastAnswered;
    this.#quota.read(answer, Math.max(0, this.#underWay - 1 - sentLater));
    if (!isRefused && !this.#quota.isUsedUp) return;
    const askedMs = isRefused ? (readRetryAfter(answer, this.#now()) ?? UNTOLD_PAUSE_MS) : this.#quota.resetsInMs;
    this.#pause.extend(Math.min(askedMs, WINDOW_MS));
    this.#refuseLate();
  }

  /** Refuses the waiting requests that would be late. */
  #refuseLate(): void {
    this.#reviewedAt = performance.now();
    const pauseMs = this.#pause.remainingMs;
    for (const waiter of this.#continued) {
      if (pauseMs === 0 || pauseMs < waiter.scope.remainingMs) continue;
      this.#continued.delete(waiter);
      waiter.refuse(paused(pauseMs));
    }
    for (const [waiter, ahead] of this.#beginning.positions()) {
      const lateMs = this.#lateMs(waiter, ahead);
      if (lateMs > 0) this.#refuse(waiter, lateMs);
    }
  }

  #refuse(waiter: Waiter, lateMs: number): void {
    this.#beginning.delete(waiter);
    waiter.refuse(this.#lateness.refusal(lateMs));
  }
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
