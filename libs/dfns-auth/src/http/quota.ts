import type { Clock } from '../config/config.js';
import { type Answer, readResetMs } from './answer.js';
import { Pause } from './pause.js';

/** The window in which Dfns counts, in milliseconds (dfns-api 6.1). */
export const WINDOW_MS = 60_000;
/** Dfns sends the reset in whole seconds. */
const ROUNDING_MS = 1_000;

/**
 * What is left of the quota of the organisation in the current window, from `X-RateLimit-Remaining` and
 * `X-RateLimit-Reset` (dfns-api 6.2). It holds until the reset. A reset that is further away than a window, or that has
 * passed, is ignored. Answers may arrive in another order than Dfns counted them.
 */
export class Quota {
  readonly #now: Clock;
  /** Lasts until the reset. */
  readonly #window: Pause;
  #reset = '';
  #remaining = Number.POSITIVE_INFINITY;

  constructor(now: Clock) {
    this.#now = now;
    this.#window = new Pause(now, () => {});
  }

  /** Requests that Dfns still accepts in this window; infinite if Dfns has not said. */
  get remaining(): number {
    return this.resetsInMs > 0 ? this.#remaining : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until the window ends; zero if Dfns has not said. */
  get resetsInMs(): number {
    return this.#window.remainingMs;
  }

  read(answer: Answer): void {
    const remaining = answer.headers['x-ratelimit-remaining'];
    const resetMs = readResetMs(answer, this.#now(), WINDOW_MS + ROUNDING_MS);
    if (typeof remaining !== 'string' || !/^\d{1,15}$/.test(remaining) || resetMs === undefined) return;
    const reset = String(answer.headers['x-ratelimit-reset']);
    const isSame = reset === this.#reset && this.resetsInMs > 0;
    // This is a late answer of an earlier window.
    if (!isSame && Number(reset) < Number(this.#reset) && this.resetsInMs > 0) return;
    this.#remaining = isSame ? Math.min(this.#remaining, Number(remaining)) : Number(remaining);
    this.#reset = reset;
    this.#window.extend(resetMs);
  }

  clear(): void {
    this.#window.clear();
  }
}
