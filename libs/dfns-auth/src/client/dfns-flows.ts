import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BrokenCircuitError, type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DfnsError } from '../errors/dfns.error.js';
import { DfnsApiError } from '../errors/dfns-api.error.js';
import { type CallOptions, CallScope } from './call-scope.js';
import { FlowAttempt } from './flow-attempt.js';

/** Failures in a row after which Dfns counts as down. */
const BREAK_AFTER = 10;
/** Milliseconds that a Dfns which is down is left alone before one call probes it. */
const HALF_OPEN_AFTER_MS = 5_000;
/** Longest wait before the first retry; it doubles with each. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/**
 * Runs flows: steps that are repeated together, since a user action works once (spec 8.4). Each flow has one deadline
 * over all its tries, and is tried again only where that is safe. One circuit breaker a registration.
 */
@Injectable()
export class DfnsFlows implements OnApplicationShutdown {
  readonly #config: DfnsAuthConfig;
  readonly #shutdown = new AbortController();
  readonly #breaker: CircuitBreakerPolicy = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(BREAK_AFTER),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });

  constructor(@Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#config = config;
  }

  /**
   * @param repeatable whether the flow may run again after its last step reached Dfns and failed: reads and logins
   * @throws DfnsError
   */
  run<T>(repeatable: boolean, options: CallOptions, flow: (attempt: FlowAttempt) => Promise<T>): Promise<T> {
    const { deadlineMs, maxAttempts } = this.#config.http;
    return CallScope.run(options.deadlineMs ?? deadlineMs, [options.signal, this.#shutdown.signal], async (scope) => {
      for (let tries = 1; ; tries += 1) {
        const attempt = new FlowAttempt(scope);
        try {
          return await this.#breaker.execute(() => flow(attempt));
        } catch (error) {
          const failure = error instanceof BrokenCircuitError ? circuitOpen() : error;
          const waitMs = backoff(failure, tries);
          const again = tries < maxAttempts && isRetriable(failure, attempt, repeatable) && waitMs < scope.remainingMs;
          if (!again) throw failure;
          await scope.sleep(waitMs);
        }
      }
    });
  }

  /** Ends what is under way. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}

/** Dfns, or the way to it, is at fault: a request failed, not a caller's deadline or an open circuit. */
function isOutage(error: Error): boolean {
  if (!(error instanceof DfnsError) || error.operation === undefined) return false;
  return error.code === 'DFNS_UNAVAILABLE' || error.code === 'DFNS_TIMEOUT';
}

function isRetriable(error: unknown, attempt: FlowAttempt, repeatable: boolean): boolean {
  if (!(error instanceof DfnsError) || attempt.scope.signal.aborted) return false;
  if (error.code === 'DFNS_RATE_LIMITED') return true;
  if (attempt.mayHaveHappened && !repeatable) return false;
  if (error instanceof DfnsApiError) return [500, 502, 503, 504].includes(error.upstreamStatus);
  return isOutage(error);
}

/** Full jitter, and never before the moment that Dfns named. */
function backoff(error: unknown, tries: number): number {
  const longest = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
  const asked = error instanceof DfnsError ? (error.retryAfterMs ?? 0) : 0;
  return asked + Math.random() * longest;
}

function circuitOpen(): DfnsError {
  return new DfnsError('DFNS_UNAVAILABLE', 'Dfns has failed repeatedly and is left alone for a moment', {
    retryAfterMs: HALF_OPEN_AFTER_MS,
  });
}
