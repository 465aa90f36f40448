import type { Clock } from '../config/config.js';

/**
 * A time to wait. Two clocks measure it, and it ends when one of them says so: the clock of the system may be set back,
 * and the monotonic clock stands still while the machine sleeps.
 */
export class Pause {
  readonly #now: Clock;
  readonly #onEnd: () => void;
  #until = 0;
  #untilMonotonic = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd called when a pause ends */
  constructor(now: Clock, onEnd: () => void) {
    this.#now = now;
    this.#onEnd = onEnd;
  }

  /** Milliseconds left; zero when there is no pause. */
  get remainingMs(): number {
    return Math.max(0, Math.min(this.#until - this.#now(), this.#untilMonotonic - performance.now()));
  }

  /** The pause now lasts for at least `ms` milliseconds from now. */
  extend(ms: number): void {
    if (ms <= this.remainingMs) return;
    this.#until = this.#now() + ms;
    this.#untilMonotonic = performance.now() + ms;
    this.#wake();
  }

  /** Clears its timer. */
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
