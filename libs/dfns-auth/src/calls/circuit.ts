import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  CircuitState as PolicyState,
} from 'cockatiel';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import { isOutage } from '../http/failures.js';

/** Failures in a row after which the circuit opens. */
const BREAK_AFTER = 10;
/** Milliseconds for which the circuit is open, before one call tests Dfns. */
const HALF_OPEN_AFTER_MS = 5_000;

/** Whether calls are made (`closed`), are refused at once (`open`), or wait for one test call (`half-open`). */
export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * The circuit breaker of one instance. Only outages open it: 5xx answers, timeouts and failed connections. Every other
 * answer proves that Dfns is up.
 */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy = circuitBreaker(
    // A test call that was ended by its deadline or signal proves nothing, so it does not close the circuit.
    handleWhen((error) => isOutage(error) || this.state === 'half-open'),
    { breaker: new ConsecutiveBreaker(BREAK_AFTER), halfOpenAfter: HALF_OPEN_AFTER_MS },
  );

  get state(): CircuitState {
    if (this.#policy.state === PolicyState.Closed) return 'closed';
    return this.#policy.state === PolicyState.Open ? 'open' : 'half-open';
  }

  /** @throws DfnsError `DFNS_UNAVAILABLE` without an operation while the circuit is open */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      const { refusal, value } = await this.#policy.execute(() => answered(call()));
      if (refusal !== undefined) throw refusal;
      return value as T;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new DfnsError('DFNS_UNAVAILABLE', 'Dfns has failed repeatedly: no calls are made for a moment', {
        retryAfterMs: HALF_OPEN_AFTER_MS,
      });
    }
  }
}

/** Turns a refusal into a result, so that the breaker counts it as a success. */
async function answered<T>(call: Promise<T>): Promise<{ value?: T; refusal?: DfnsError }> {
  try {
    return { value: await call };
  } catch (error) {
    if (!isDfnsError(error) || error.operation === undefined || isOutage(error)) throw error;
    return { refusal: error };
  }
}
