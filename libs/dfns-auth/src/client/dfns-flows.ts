import { setMaxListeners } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { type CallOptions, CallScope } from './call-scope.js';
import type { Flow } from './flow.js';
import { FlowAttempt } from './flow-attempt.js';
import { type CircuitName, OutageBreaker } from './outage-breaker.js';
import { backoffMs, isRetriable } from './retry-policy.js';
import { SecretScrubber } from './secret-scrubber.js';

/**
 * Runs flows: steps that are repeated together, since a user action works once (spec 8.4). Each flow has one deadline
 * over all its tries, and is tried again only where that is safe. One circuit breaker a registration.
 */
@Injectable()
export class DfnsFlows implements OnApplicationShutdown {
  readonly #config: DfnsAuthConfig;
  readonly #telemetry: Telemetry;
  readonly #shutdown = new AbortController();
  readonly #breaker = new OutageBreaker();

  constructor(@Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig, telemetry: Telemetry) {
    this.#config = config;
    this.#telemetry = telemetry;
    // Each call under way listens.
    setMaxListeners(0, this.#shutdown.signal);
  }

  /** State of the circuit to Dfns. */
  get circuit(): CircuitName {
    return this.#breaker.state;
  }

  /** @throws DfnsError */
  run<T>(flow: Flow, options: CallOptions, steps: (attempt: FlowAttempt) => Promise<T>): Promise<T> {
    const deadlineMs = options.deadlineMs ?? this.#config.http.deadlineMs;
    let tries = 0;
    return this.#telemetry.flow({ ...flow, tries: () => tries }, () =>
      CallScope.run(deadlineMs, [options.signal, this.#shutdown.signal], async (scope) => {
        const secrets = new SecretScrubber();
        for (;;) {
          tries += 1;
          const attempt = new FlowAttempt(scope, secrets);
          try {
            return await this.#breaker.run(() => steps(attempt));
          } catch (error) {
            const waitMs = backoffMs(error, tries);
            const isLast = tries >= this.#config.http.maxAttempts || waitMs >= scope.remainingMs;
            if (isLast || !isRetriable(error, attempt, flow.repeatable)) throw error;
            await scope.sleep(waitMs);
          }
        }
      }),
    );
  }

  /** Ends what is under way. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}
