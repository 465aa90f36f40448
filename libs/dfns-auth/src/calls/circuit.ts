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

/** Failures in a row after which Dfns counts as down. */
const BREAK_AFTER = 10;
/** Milliseconds without calls before one call probes a Dfns that is down. */
const HALF_OPEN_AFTER_MS = 5_000;

/** Whether calls go through (`closed`), are refused at once (`open`), or wait for one that probes (`half-open`). */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** The circuit breaker of one instance. Only outages open it; whatever Dfns answers proves that it is up. */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy = circuitBreaker(
    // A probe that its caller ended has proved nothing, so it does not close the circuit.
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

/** A refusal is a result to the breaker: it ends a row of failures. */
async function answered<T>(call: Promise<T>): Promise<{ value?: T; refusal?: DfnsError }> {
  try {
    return { value: await call };
  } catch (error) {
    if (!isDfnsError(error) || error.operation === undefined || isOutage(error)) throw error;
    return { refusal: error };
  }
}
