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

  /** Whether it holds a place, even where its call ended before it could use it. */
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

/** Requests that wait at most: about what 64 connections carry in 15 seconds, the longest that anybody waits by default. */
const MAX_WAITING = 10_000;
/** Milliseconds of a pause where Dfns refuses and does not say for how long. */
const UNTOLD_PAUSE_MS = 1_000;
/** Requests that a call needs which begins with a challenge: there is no point in beginning what the quota cannot end. */
const STEPS = 3;
/** The window in which Dfns counts (dfns-api 6.1). */
const WINDOW_MS = 60_000;

/**
 * Lets requests pass as the quota of the organisation and our connections allow; one a registration. At most
 * `http.maxSockets` are under way, so that none waits inside the agent, and no more than the quota has left. After a
 * refusal for the rate, or with the quota used up, nobody sends until the moment that Dfns named. Those who wait obey
 * deadline and signal of their call, and whoever cannot be served within the deadline is told at once.
 */
@Injectable()
export class QuotaGovernor implements OnApplicationShutdown {
  readonly #http: DfnsAuthConfig['http'];
  readonly #now: Clock;
  readonly #quota = new Quota();
  readonly #pause: Pause;
  /** Steps of flows that have begun go first: under load some calls are then answered, instead of all being late. */
  readonly #continuing = new Set<Waiter>();
  readonly #beginning = new Set<Waiter>();
  #underWay = 0;

  constructor(@Inject(DFNS_AUTH_CONFIG) { http }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#http = http;
    this.#now = now;
    this.#pause = new Pause(now, () => this.#admit());
  }

  /**
   * Makes a request when it is its turn, and learns from the answer.
   *
   * @throws DfnsError `DFNS_RATE_LIMITED` with `retryAfterMs` instead of a request that could not be made in time
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
    // One request may always ask how things are.
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
