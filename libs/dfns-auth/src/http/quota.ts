import type { Clock } from '../config/config.js';
import { type Answer, readResetMs } from './answer.js';
import { Pause } from './pause.js';

/** The window in which Dfns counts, in milliseconds (dfns-api 6.1). */
export const WINDOW_MS = 60_000;
/** Dfns sends the reset in whole seconds. */
const ROUNDING_MS = 1_000;
/** Parts of the limit: what is left only for calls that have begun, and what counts as little at the end of a window. */
const KEPT = 1 / 33;
const SCARCE = 1 / 8;
/** From here on, others use the quota too: Dfns counts so many requests for one of ours. */
const SHARED = 1.5;
/**
 * If others use the quota too, or little was left of the last window, an instance begins a window with this part of the
 * limit, and with so many requests more for each that was answered. So all replicas begin alike, and learn who else is
 * there before much is sent.
 */
const START = 1 / 80;
const GROWTH = 1 / 3;
/**
 * If others use the quota too, and little was left of the last window, an instance uses at most {@link START} of the
 * limit, or one call, in this part of a window, and in so many milliseconds if that is less. So a process that gets more
 * of the CPU, or hears its answers sooner, has no advantage.
 */
const PACE = 1 / 50;
const MAX_PACE_MS = 100;

/**
 * What is left of the quota of the organisation in the current window, from `X-RateLimit-Limit`, `X-RateLimit-Remaining`
 * and `X-RateLimit-Reset` (dfns-api 6.2). It holds until the reset; then the whole limit is left, until the next answer
 * tells more. A reset that is further away than a window, or that has passed, is ignored. Answers may arrive in another
 * order than Dfns counted them.
 *
 * Other replicas use the same quota. So each request of ours counts for as many requests as Dfns counted between our
 * answers: with four equal replicas, for four. Each window counts anew, so no replica keeps an advantage.
 */
export class Quota {
  readonly #now: Clock;
  /** Lasts until the reset. */
  readonly #window: Pause;
  /** Lasts until this instance may use more, while others use the quota too. */
  readonly #turn: Pause;
  #reset = '';
  #remaining = Number.POSITIVE_INFINITY;
  #limit = Number.POSITIVE_INFINITY;
  /** What the first answer of this window told, and when it came, by `performance.now()`. */
  #first = 0;
  #firstAt = 0;
  /** Answers since then. */
  #answers = 0;
  /** Requests of everybody for one request of this instance: in this window, and at the end of the last one. */
  #share = 1;
  #lastShare = 1;
  /** Whether little was left when the window before this one ended. */
  #wasScarce = false;
  #windowMs = WINDOW_MS;

  /** @param onMore called when more calls may begin: when a window ends, or this instance may use more of it */
  constructor(now: Clock, onMore: () => void) {
    this.#now = now;
    this.#window = new Pause(now, onMore);
    this.#turn = new Pause(now, onMore);
  }

  /** Requests of this instance that Dfns still accepts in this window; infinite if Dfns has not said. */
  get remaining(): number {
    return (this.resetsInMs > 0 ? this.#remaining : this.#limit) / this.#share;
  }

  /** Whether nothing is left in this window. */
  get isUsedUp(): boolean {
    return this.resetsInMs > 0 && this.#remaining === 0;
  }

  /** Whether little was left when the last window ended. */
  get isScarce(): boolean {
    return this.resetsInMs > 0 ? this.#wasScarce : this.#isNearlyUsedUp;
  }

  /** Milliseconds until the window ends; zero if Dfns has not said. */
  get resetsInMs(): number {
    return this.#window.remainingMs;
  }

  /**
   * Whether a call of `requests` requests may begin, while `promised` requests of this instance will still be counted.
   * If Dfns has said nothing about this window, one call may always ask.
   */
  allows(promised: number, requests: number): boolean {
    const isTold = this.resetsInMs > 0;
    const isShared = this.#share > SHARED;
    if (isTold && isShared && this.isScarce && !this.#isDue(promised, requests)) return false;
    if (promised === 0) {
      const kept = Math.min(this.#share * requests, this.#limit * KEPT);
      return !isTold || this.#remaining >= Math.max(requests, kept);
    }
    const isContested = this.isScarce || isShared;
    if (isContested && promised > this.#limit * START + (isTold ? this.#answers * GROWTH : 0)) return false;
    // Others may have begun as many calls as this instance since Dfns counted them.
    return (2 - 1 / this.#share) * promised + requests <= this.remaining;
  }

  /** Whether half of the quota of the window is left after `requests` more requests of this instance. */
  leavesHalf(requests: number): boolean {
    const whole = Number.isFinite(this.#limit) ? this.#limit : this.#first;
    return this.remaining - requests >= whole / this.#share / 2;
  }

  /** Milliseconds until Dfns accepts `requests` more requests of this instance, as far as it is known. */
  waitMs(requests: number): number {
    const later = requests - this.remaining;
    if (later <= 0) return 0;
    const furtherWindows = Math.max(0, Math.ceil(later / (this.#limit / this.#share)) - 1);
    return this.resetsInMs + furtherWindows * this.#windowMs;
  }

  /** @param unanswered requests of this instance that Dfns has probably counted, and whose answers have not come */
  read(answer: Answer, unanswered: number): void {
    const remaining = count(answer.headers['x-ratelimit-remaining']);
    const resetMs = readResetMs(answer, this.#now(), WINDOW_MS + ROUNDING_MS);
    if (remaining === undefined || resetMs === undefined) {
      // Whoever tells nothing now has perhaps no limit any more.
      if (this.resetsInMs === 0) this.#limit = Number.POSITIVE_INFINITY;
      return;
    }
    const reset = String(answer.headers['x-ratelimit-reset']);
    const isSame = reset === this.#reset && this.resetsInMs > 0;
    // This is a late answer of an earlier window.
    if (!isSame && Number(reset) < Number(this.#reset) && this.resetsInMs > 0) return;
    if (isSame) this.#goOn(remaining, unanswered);
    else this.#begin(remaining, reset);
    this.#limit = Math.max(count(answer.headers['x-ratelimit-limit']) ?? Number.POSITIVE_INFINITY, 1);
    this.#window.extend(Math.min(resetMs, WINDOW_MS));
  }

  clear(): void {
    this.#window.clear();
    this.#turn.clear();
  }

  /** Whether this instance may use more of the window already. If not, `onMore` is called when it may. */
  #isDue(promised: number, requests: number): boolean {
    const step = Math.max(this.#limit * START, requests);
    const stepMs = Math.min(MAX_PACE_MS, this.#windowMs * PACE);
    const tooMany = this.#answers + promised - step;
    const waitMs = Math.ceil((tooMany * stepMs) / step - (performance.now() - this.#firstAt));
    if (waitMs <= 0) return true;
    this.#turn.extend(waitMs);
    return false;
  }

  get #isNearlyUsedUp(): boolean {
    return this.#remaining < this.#limit * SCARCE;
  }

  #begin(remaining: number, reset: string): void {
    const sinceMs = (Number(reset) - Number(this.#reset)) * 1_000;
    if (this.#reset !== '' && sinceMs > 0) this.#windowMs = Math.min(WINDOW_MS, sinceMs);
    this.#wasScarce = this.#isNearlyUsedUp;
    this.#reset = reset;
    this.#remaining = remaining;
    this.#first = remaining;
    this.#firstAt = performance.now();
    this.#answers = 0;
    this.#lastShare = this.#share;
  }

  #goOn(remaining: number, unanswered: number): void {
    this.#remaining = Math.min(this.#remaining, remaining);
    this.#answers += 1;
    // The share of the last window counts like one request.
    const ofAll = this.#first - this.#remaining + this.#lastShare;
    this.#share = Math.max(1, ofAll / (this.#answers + unanswered + 1));
  }
}

function count(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
