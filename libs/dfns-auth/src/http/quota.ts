import type { Clock } from '../config/config.js';
import { type Answer, readResetMs } from './answer.js';
import { Pause } from './pause.js';

/** The window in which Dfns counts, in milliseconds (dfns-api 6.1). */
export const WINDOW_MS = 60_000;
/** Dfns sends the reset in whole seconds. */
const ROUNDING_MS = 1_000;

/** Answers of a window after which the share of others is known. */
const ENOUGH = 10;

/**
 * What is left of the quota of the organisation in the current window, from `X-RateLimit-Limit`, `X-RateLimit-Remaining`
 * and `X-RateLimit-Reset` (dfns-api 6.2). It holds until the reset; then the whole limit is left, until the next answer
 * tells more. A reset that is further away than a window, or that has passed, is ignored. Answers may arrive in another
 * order than Dfns counted them.
 *
 * Other replicas use the same quota. So each request of ours counts for as many requests as Dfns counted between our
 * answers: with four equal replicas, for four.
 */
export class Quota {
  readonly #now: Clock;
  /** Lasts until the reset. */
  readonly #window: Pause;
  #reset = '';
  #remaining = Number.POSITIVE_INFINITY;
  #limit = Number.POSITIVE_INFINITY;
  /** The first that was told in this window, and the number of answers since. */
  #first = 0;
  #answers = 0;
  #share = 1;
  #windowMs = WINDOW_MS;

  /** @param onReset called when a window ends */
  constructor(now: Clock, onReset: () => void) {
    this.#now = now;
    this.#window = new Pause(now, onReset);
  }

  /** Requests of this instance that Dfns still accepts in this window; infinite if Dfns has not said. */
  get remaining(): number {
    return (this.resetsInMs > 0 ? this.#remaining : this.#limit) / this.#share;
  }

  /** Requests of everybody that Dfns still accepts in this window; infinite if Dfns has not said anything about it yet. */
  get remainingOfAll(): number {
    return this.resetsInMs > 0 ? this.#remaining : Number.POSITIVE_INFINITY;
  }

  /** Whether nothing is left in this window. */
  get isUsedUp(): boolean {
    return this.resetsInMs > 0 && this.#remaining === 0;
  }

  /** Milliseconds until the window ends; zero if Dfns has not said. */
  get resetsInMs(): number {
    return this.#window.remainingMs;
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

  /** @param underWay requests of this instance that Dfns has not answered */
  read(answer: Answer, underWay: number): void {
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
    if (isSame) this.#goOn(remaining, underWay);
    else this.#begin(remaining, reset);
    this.#limit = Math.max(count(answer.headers['x-ratelimit-limit']) ?? Number.POSITIVE_INFINITY, 1);
    this.#window.extend(Math.min(resetMs, WINDOW_MS));
  }

  clear(): void {
    this.#window.clear();
  }

  #begin(remaining: number, reset: string): void {
    const sinceMs = (Number(reset) - Number(this.#reset)) * 1_000;
    if (this.#reset !== '' && sinceMs > 0) this.#windowMs = Math.min(WINDOW_MS, sinceMs);
    this.#reset = reset;
    this.#remaining = remaining;
    this.#first = remaining;
    this.#answers = 0;
  }

  #goOn(remaining: number, underWay: number): void {
    this.#remaining = Math.min(this.#remaining, remaining);
    this.#answers += 1;
    if (this.#answers < ENOUGH) return;
    this.#share = Math.max(1, (this.#first - this.#remaining) / (this.#answers + underWay));
  }
}

function count(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
