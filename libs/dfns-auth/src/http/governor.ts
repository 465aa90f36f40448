import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { type Answer, readRetryAfter } from './answer.js';
import type { CallScope } from './call-scope.js';
import type { Step } from './failures.js';
import { Pause, Quota } from './quota.js';

/** A request that waits for its turn. */
export class Waiter {
  /** Settles with {@link admit} or {@link refuse}. */
  readonly turn: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: DfnsError) => void;
  #isAdmitted = false;

  constructor(readonly scope: CallScope) {
    this.turn = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether it was admitted, even if its call ended before the request was sent. */
  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  admit(): void {
    this.#isAdmitted = true;
    this.#resolve();
  }

  refuse(error: DfnsError): void {
    this.#reject(error);
  }
}

/** Largest number of waiting requests: about what 64 connections send in 15 seconds, the default deadline. */
const MAX_WAITING = 10_000;
/** Milliseconds of the pause if Dfns refuses and does not say how long to wait. */
const UNTOLD_PAUSE_MS = 1_000;
/** Requests of a call that begins with a challenge. Such a call begins only if the quota allows all of them. */
const STEPS = 3;
/** The window in which Dfns counts requests, in milliseconds (dfns-api 6.1). */
const WINDOW_MS = 60_000;

/**
 * Limits requests to what the quota of the organisation and the connections allow. Each instance has one. At most
 * `http.maxSockets` requests run at the same time, so that none waits inside the agent, and no more than the quota has
 * left. After a 429, or if the quota is used up, no request is sent until the time that Dfns named. A waiting request
 * ends with the deadline or the signal of its call. If the deadline comes before that time, the call fails at once.
 */
@Injectable()
export class QuotaGovernor implements OnApplicationShutdown {
  readonly #http: DfnsAuthConfig['http'];
  readonly #now: Clock;
  readonly #quota = new Quota();
  readonly #pause: Pause;
  /** Requests of calls that have begun. They go first: under load, some calls then finish instead of all being late. */
  readonly #continuing = new Set<Waiter>();
  readonly #beginning = new Set<Waiter>();
  #underWay = 0;

  constructor(@Inject(DFNS_AUTH_CONFIG) { http }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#http = http;
    this.#now = now;
    this.#pause = new Pause(now, () => this.#admit());
  }

  /**
   * Sends a request when it is its turn, and reads the quota from the answer.
   *
   * @throws DfnsError `DFNS_RATE_LIMITED` with `retryAfterMs` if the request cannot be sent in time
   */
  async run(step: Step, scope: CallScope, request: () => Promise<Answer>): Promise<Answer> {
    const queue = step === 'init' ? this.#beginning : this.#continuing;
    if (this.#mayPass(queue)) this.#underWay += 1;
    else await this.#turn(queue, scope);
    try {
      const answer = await request();
      this.#heed(answer);
      return answer;
    } finally {
      this.#leave();
    }
  }

  onApplicationShutdown(): void {
    this.#pause.clear();
  }

  #mayPass(queue: Set<Waiter>): boolean {
    const left = queue === this.#beginning ? Math.floor(this.#quota.remaining / STEPS) : this.#quota.remaining;
    // One request is always allowed, because its answer tells the current quota.
    const allowed = Math.min(this.#http.maxSockets, Math.max(1, left));
    return this.#underWay < allowed && this.#pause.remainingMs === 0;
  }

  async #turn(queue: Set<Waiter>, scope: CallScope): Promise<void> {
    const pauseMs = this.#pause.remainingMs;
    if (pauseMs >= scope.remainingMs) throw paused(pauseMs);
    if (this.#continuing.size + this.#beginning.size >= MAX_WAITING) throw crowded(this.#http.deadlineMs);
    const waiter = new Waiter(scope);
    queue.add(waiter);
    try {
      await scope.race(waiter.turn);
    } catch (error) {
      queue.delete(waiter);
      if (waiter.isAdmitted) this.#leave();
      throw error;
    }
  }

  #leave(): void {
    this.#underWay -= 1;
    this.#admit();
  }

  #admit(): void {
    for (const queue of [this.#continuing, this.#beginning]) {
      for (const waiter of queue) {
        if (!this.#mayPass(queue)) break;
        queue.delete(waiter);
        this.#underWay += 1;
        waiter.admit();
      }
    }
  }

  #heed(answer: Answer): void {
    const isRefused = answer.status === 429;
    this.#quota.read(answer);
    if (!isRefused && this.#quota.remaining > 0) return;
    const asked = readRetryAfter(answer, this.#now());
    this.#pause.extend(isRefused ? (asked ?? UNTOLD_PAUSE_MS) : Math.min(asked ?? 0, WINDOW_MS));
    const pauseMs = this.#pause.remainingMs;
    for (const queue of [this.#continuing, this.#beginning]) {
      for (const waiter of queue) {
        if (pauseMs < waiter.scope.remainingMs) continue;
        queue.delete(waiter);
        waiter.refuse(paused(pauseMs));
      }
    }
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
