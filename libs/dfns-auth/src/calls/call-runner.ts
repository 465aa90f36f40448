import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import { isDfnsError, noteMayHaveHappened } from '../errors/dfns-error.js';
import { Attempt, type CallTraits } from '../http/attempt.js';
import { type CallOptions, CallScope } from '../http/call-scope.js';
import { Circuit } from '../http/circuit.js';
import { EndSignal } from '../http/end-signal.js';
import { QuotaGovernor } from '../http/governor.js';
import { SecretScrubber } from '../http/secret-scrubber.js';
import { operationTemplate, Telemetry } from '../telemetry/telemetry.js';
import { backoffMs, isRetriable } from './retry-policy.js';

/** What retries and telemetry need to know about a call. */
export interface CallNature {
  /** Method and path of the call, e.g. `POST /auth/login/delegated`. */
  operation: string;
  /** Whether there may be another attempt after the last step reached Dfns and failed: true for reads and logins. */
  repeatable: boolean;
  /** Number of requests of one attempt: 3 with a challenge and its signature. */
  requests: number;
  /** The user of the call. It leaves the process only as a hash. */
  username?: string;
  /** The token of the user, where only that is known. */
  userToken?: string;
  /** Whether a failed attempt is followed by another one at once, whatever the limits say. */
  isWorthAnother?: (error: unknown, scope: CallScope) => Promise<boolean>;
}

/**
 * Runs calls. Each attempt repeats all steps, because a user action works once (dfns-api 7.8). All attempts of a call
 * share one deadline. There is another attempt only if it is safe. Each instance has one circuit breaker.
 */
@Injectable()
export class CallRunner implements OnApplicationShutdown {
  readonly #config: DfnsAuthConfig;
  readonly #telemetry: Telemetry;
  readonly #shutdown = new EndSignal();
  readonly #circuit: Circuit;
  readonly #governor: QuotaGovernor;

  constructor(
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    telemetry: Telemetry,
    circuit: Circuit,
    governor: QuotaGovernor,
  ) {
    this.#config = config;
    this.#telemetry = telemetry;
    this.#circuit = circuit;
    this.#governor = governor;
  }

  /** Opens the scope of a call that is made of several others. */
  scope<T>(options: CallOptions, call: (scope: CallScope) => Promise<T>): Promise<T> {
    return CallScope.enter(options, this.#config.http.deadlineMs, [this.#shutdown], call);
  }

  /** Runs the steps of a call, in one attempt or several. @throws DfnsError */
  run<T>(nature: CallNature, options: CallOptions, steps: (attempt: Attempt) => Promise<T>): Promise<T> {
    let attempts = 0;
    const { operation, repeatable, requests, username, userToken, isWorthAnother } = nature;
    const kind = operationTemplate(operation);
    const traits: CallTraits = { kind, repeatable, requests, user: username ?? userToken };
    const repeat = async (scope: CallScope) => {
      const secrets = new SecretScrubber();
      for (;;) {
        attempts += 1;
        const attempt = new Attempt(scope, secrets, traits);
        try {
          return await this.#circuit.run(scope, () => steps(attempt)).finally(() => this.#governor.end(attempt, kind));
        } catch (error) {
          if (await isWorthAnother?.(error, scope)) continue;
          if (scope.mayHaveHappened && isDfnsError(error)) noteMayHaveHappened(error);
          const waitMs = backoffMs(error, attempts);
          const isLast = attempts >= this.#config.http.maxAttempts || waitMs >= scope.remainingMs;
          if (isLast || !isRetriable(error, attempt)) throw error;
          await scope.sleep(waitMs);
        }
      }
    };
    const watched = { operation, username, attempts: () => attempts };
    return this.#telemetry.call(watched, () => this.scope(options, repeat));
  }

  /** Ends the running calls. */
  onApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}
