import type { Clock } from '../config/config.js';
import type { Answer } from './answer.js';

/**
 * The remaining quota of the organisation in the current window, from `X-RateLimit-Remaining` and `X-RateLimit-Reset`
 * (dfns-api 6.2). Answers may arrive in another order than Dfns counted the requests.
 */
export class Quota {
  #resetAt = 0;
  #remaining = Number.POSITIVE_INFINITY;

  /** Requests that Dfns still accepts; infinite until an answer tells the number. */
  get remaining(): number {
    return this.#remaining;
  }

  read({ headers }: Answer): void {
    const remaining = wholeNumber(headers['x-ratelimit-remaining']);
    const resetAt = wholeNumber(headers['x-ratelimit-reset']);
    if (remaining === undefined || resetAt === undefined || resetAt < this.#resetAt) return;
    this.#remaining = resetAt === this.#resetAt ? Math.min(this.#remaining, remaining) : remaining;
    this.#resetAt = resetAt;
  }
}

function wholeNumber(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/**
 * A pause. It ends when either the system clock or the monotonic clock says so: the system clock may be set back, and
 * the monotonic clock stops while the machine sleeps.
 */
export class Pause {
  readonly #now: Clock;
  readonly #onEnd: () => void;
  #until = 0;
  #untilMonotonic = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd called when a pause has ended */
  constructor(now: Clock, onEnd: () => void) {
    this.#now = now;
    this.#onEnd = onEnd;
  }

  /** Milliseconds left; zero when there is no pause. */
  get remainingMs(): number {
    return Math.max(0, Math.min(this.#until - this.#now(), this.#untilMonotonic - performance.now()));
  }

  /** Extends the pause to at least `ms` milliseconds from now. */
  extend(ms: number): void {
    if (ms <= this.remainingMs) return;
    this.#until = this.#now() + ms;
    this.#untilMonotonic = performance.now() + ms;
    this.#wake();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #wake(): void {
    this.clear();
    const { remainingMs } = this;
    if (remainingMs === 0) this.#onEnd();
    else this.#timer = setTimeout(() => this.#wake(), Math.ceil(remainingMs)).unref();
  }
}
