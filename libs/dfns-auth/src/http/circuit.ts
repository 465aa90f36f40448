import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DFNS_CLOCK } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { CallScope } from './call-scope.js';
import { Pause } from './pause.js';

/** Requests without an answer, in a row, after which the circuit opens. */
const OPEN_AFTER = 10;
/** Milliseconds without calls before one call probes. */
const OPEN_MS = 5_000;

/** Calls pass (`closed`), fail at once (`open`), or wait for the result of one call that probes (`half-open`). */
export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * The circuit breaker of one instance. It counts requests without an answer, in a row; every answer ends the row and
 * closes the circuit. A request that fails although Dfns answered another one after it was sent is not counted. So one
 * slow page, or one user with errors, never opens the circuit.
 */
@Injectable()
export class Circuit implements OnApplicationShutdown {
  readonly #pause: Pause;
  #failures = 0;
  #isOpen = false;
  /** Whether a call probes, and whether one of the requests of the probe was answered. */
  #isProbed = false;
  #isProved = false;
  /** The times of the last answer and of the last opening, by `performance.now()`. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #openedAt = Number.NEGATIVE_INFINITY;
  readonly #waiting = new Set<() => void>();

  constructor(@Inject(DFNS_CLOCK) now: Clock) {
    this.#pause = new Pause(now, () => {});
  }

  get state(): CircuitState {
    if (!this.#isOpen) return 'closed';
    return this.#pause.remainingMs > 0 ? 'open' : 'half-open';
  }

  /** Whether the last request got an answer; true before the first one. */
  get isAnswered(): boolean {
    return this.#failures === 0;
  }

  /**
   * Runs a call when the circuit lets it pass. A probe that ends without an answer and without a failure gives its right
   * to the next call.
   *
   * @throws DfnsError `DFNS_UNAVAILABLE` without an operation while the circuit is open
   */
  async run<T>(scope: CallScope, call: () => Promise<T>): Promise<T> {
    const isProbe = await this.#enter(scope);
    try {
      return await call();
    } finally {
      if (isProbe) this.#endProbe();
    }
  }

  /** @throws DfnsError as {@link run}, without waiting */
  assertNotOpen(): void {
    if (this.state !== 'open') return;
    const retryAfterMs = Math.ceil(this.#pause.remainingMs / 1_000) * 1_000;
    throw new DfnsError('DFNS_UNAVAILABLE', 'Dfns did not answer ten requests in a row: no calls for a moment', {
      retryAfterMs,
    });
  }

  /** Notes that a request was answered, with whatever status. */
  answered(): void {
    this.#answeredAt = performance.now();
    this.#failures = 0;
    if (this.#isProbed) this.#isProved = true;
    else if (this.#isOpen) this.#close();
  }

  /** Notes that a request got no answer. @param sentAt the time when it was sent, by `performance.now()` */
  unanswered(sentAt: number): void {
    if (sentAt <= this.#answeredAt || sentAt <= this.#openedAt) return;
    this.#failures += 1;
    if (this.#isProved || (this.#failures < OPEN_AFTER && !this.#isOpen)) return;
    this.#isOpen = true;
    this.#openedAt = performance.now();
    this.#pause.extend(OPEN_MS);
    this.#wake();
  }

  onApplicationShutdown(): void {
    this.#pause.clear();
  }

  async #enter(scope: CallScope): Promise<boolean> {
    for (;;) {
      scope.throwIfEnded();
      this.assertNotOpen();
      if (!this.#isOpen) return false;
      if (!this.#isProbed) {
        this.#isProbed = true;
        return true;
      }
      await this.#change(scope);
    }
  }

  /** Waits until the circuit, or the right to probe, may have changed. */
  async #change(scope: CallScope): Promise<void> {
    let wake = () => {};
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    try {
      await scope.race(changed);
    } finally {
      this.#waiting.delete(wake);
    }
  }

  #endProbe(): void {
    this.#isProbed = false;
    if (this.#isProved) this.#close();
    this.#isProved = false;
    this.#wake();
  }

  #close(): void {
    this.#isOpen = false;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
