import { DfnsError } from '../errors/dfns-error.js';
import type { Forecast } from './forecast.js';
import type { Pause } from './pause.js';
import type { Quota } from './quota.js';
import type { Demand } from './waiter.js';

/** Milliseconds for which calls are refused as the forecast says, after a call was late. */
const OVERLOADED_MS = 2_000;
/** Before a call was late, only a forecast that exceeds the time of a call so many times is believed. */
const DOUBT = 2;
/**
 * The part of its time that a call must have left when it begins, while others wait for a quota that is used up in each
 * window. When a window begins, many calls begin at once and last longer than those before them.
 */
const SPARE = 1 / 4;

/** Foresees which calls of an instance would not end in time, and refuses them. */
export class Lateness {
  readonly #quota: Quota;
  readonly #pause: Pause;
  readonly #forecast: Forecast;
  /** When a call was last late or refused, by `performance.now()`. */
  #lateAt = Number.NEGATIVE_INFINITY;

  constructor(quota: Quota, pause: Pause, forecast: Forecast) {
    this.#quota = quota;
    this.#pause = pause;
    this.#forecast = forecast;
  }

  /** How many times a forecast must exceed the time of a call. */
  get #doubt(): number {
    return performance.now() - this.#lateAt <= OVERLOADED_MS ? 1 : DOUBT;
  }

  /**
   * Milliseconds that a call would take, if it would not end in time; otherwise zero.
   *
   * @param ahead calls that have their turn before it
   * @param promised requests that the quota is kept for
   * @param areOthersWaiting whether other calls could use the quota instead
   */
  lateMs(
    { scope, kind, requests }: Demand,
    ahead: number,
    promised: number,
    areOthersWaiting: boolean,
    doubt = this.#doubt,
  ): number {
    const toldMs = Math.max(this.#quota.waitMs(promised + (ahead + 1) * requests), this.#pause.remainingMs);
    const learnedMs = this.#forecast.lineMs(ahead * requests) + this.#forecast.callMs(kind);
    const spareMs = areOthersWaiting && this.#quota.isScarce ? scope.deadlineMs * SPARE : 0;
    const isLate = toldMs + Math.max(learnedMs / doubt, spareMs) > scope.remainingMs;
    return isLate ? toldMs + Math.max(learnedMs, spareMs) : 0;
  }

  /** A call was late although nothing foresaw it. */
  note(): void {
    this.#lateAt = performance.now();
  }

  /** The error of a call that would take `neededMs` milliseconds. From then on, the forecast is believed. */
  refusal(neededMs: number): DfnsError {
    this.note();
    return new DfnsError('DFNS_RATE_LIMITED', 'too many calls wait for Dfns: this call would not end in time', {
      retryAfterMs: Math.ceil(neededMs),
    });
  }
}
