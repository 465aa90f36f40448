import { DfnsError } from '../errors/dfns-error.js';
import { EndSignal, followed, type Signal } from './end-signal.js';

/** The longest delay of a Node timer, in milliseconds. A timer with a longer delay fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once, with `DFNS_ABORTED`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. @default `http.deadlineMs` of the module */
  deadlineMs?: number | undefined;
}

/**
 * The deadline and the signals of one call, combined in one signal. Every wait of the call ends when it is aborted.
 * When {@link CallScope.run} settles, all timers and listeners are removed.
 */
export class CallScope {
  readonly #end = new EndSignal();
  readonly #endsAt: number;
  /** Milliseconds for the whole call. */
  readonly deadlineMs: number;
  #reason: 'DFNS_TIMEOUT' | 'DFNS_ABORTED' = 'DFNS_ABORTED';
  /** Whether the call has sent a write that Dfns has not refused. */
  mayHaveHappened = false;

  private constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
    this.#endsAt = performance.now() + deadlineMs;
  }

  /**
   * Runs `call` in a new scope with the deadline and the signal of `options`. If `options` is a scope, it runs `call`
   * in that scope. So a method that makes several calls passes on its scope as their options, and all of them share one
   * deadline and one signal.
   *
   * @param deadlineMs used if `options` has none
   * @param signals end the call in addition to the signal of `options`
   * @throws DfnsError `DFNS_BAD_REQUEST` for options of another type; otherwise as {@link CallScope.run}
   */
  static async enter<T>(
    options: CallOptions,
    deadlineMs: number,
    signals: Signal[],
    call: (scope: CallScope) => Promise<T>,
  ): Promise<T> {
    if (options instanceof CallScope) return call(options);
    assertUsable(options);
    const signal = options.signal && followed(options.signal);
    return CallScope.run(options.deadlineMs ?? deadlineMs, [signal, ...signals], call);
  }

  /**
   * Runs `call` until the deadline, or until a signal is aborted. It then settles at once, even if `call` is still
   * running.
   *
   * @throws DfnsError `DFNS_TIMEOUT` at the deadline, `DFNS_ABORTED` when a signal is aborted
   */
  static async run<T>(
    deadlineMs: number,
    signals: (Signal | undefined)[],
    call: (scope: CallScope) => Promise<T>,
  ): Promise<T> {
    const scope = new CallScope(deadlineMs);
    const abort = () => scope.#endFor('DFNS_ABORTED');
    const timer = setTimeout(() => scope.#endFor('DFNS_TIMEOUT'), Math.min(deadlineMs, MAX_TIMER_MS));
    try {
      for (const signal of signals) {
        if (signal?.aborted) abort();
        signal?.addEventListener('abort', abort);
      }
      scope.throwIfEnded();
      return await scope.race(call(scope));
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', abort);
    }
  }

  /** Aborted at the deadline, or when one of the given signals is aborted. */
  get endSignal(): Signal {
    return this.#end;
  }

  /** Milliseconds until the deadline. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** @throws DfnsError if the call has ended */
  throwIfEnded(): void {
    if (this.#end.aborted) throw this.#ended();
  }

  /** Waits for `promise`, or until the call ends. */
  race<T>(promise: Promise<T>): Promise<T> {
    return this.#raced((resolve, reject) => promise.then(resolve, reject));
  }

  /**
   * Waits for `promise` at most `ms` milliseconds.
   *
   * @throws the error that `tooLate` returns
   */
  async within<T>(ms: number, promise: Promise<T>, tooLate: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await this.#raced((resolve, reject) => {
        timer = setTimeout(() => reject(tooLate()), ms);
        promise.then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits `ms` milliseconds, or until the call ends. */
  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#raced<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #raced<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const signal = this.#end;
      const end = () => reject(this.#ended());
      if (signal.aborted) end();
      signal.addEventListener('abort', end);
      const settle =
        <V>(then: (value: V) => void) =>
        (value: V) => {
          signal.removeEventListener('abort', end);
          then(value);
        };
      start(settle(resolve), settle(reject));
    });
  }

  #endFor(reason: 'DFNS_TIMEOUT' | 'DFNS_ABORTED'): void {
    if (this.#end.aborted) return;
    this.#reason = reason;
    this.#end.abort();
  }

  #ended(): DfnsError {
    const { mayHaveHappened } = this;
    return this.#reason === 'DFNS_TIMEOUT'
      ? new DfnsError('DFNS_TIMEOUT', `the call did not end within its deadline of ${this.deadlineMs} ms`, {
          mayHaveHappened,
        })
      : new DfnsError('DFNS_ABORTED', 'the call was aborted', { mayHaveHappened });
  }
}

/** @throws DfnsError `DFNS_BAD_REQUEST`, e.g. for a deadline that was read from the environment and is still text */
function assertUsable({ deadlineMs, signal }: CallOptions): void {
  if (Number.isNaN(deadlineMs) || typeof (deadlineMs ?? 0) !== 'number') {
    throw new DfnsError('DFNS_BAD_REQUEST', 'deadlineMs must be a number of milliseconds');
  }
  if (signal && typeof signal.addEventListener !== 'function') {
    throw new DfnsError('DFNS_BAD_REQUEST', 'signal must be an AbortSignal, e.g. the `signal` of an AbortController');
  }
}
