import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { aText, aTime, oneOf, optional, Schema } from '../dto/schema.js';
import { Circuit, type CircuitState } from '../http/circuit.js';
import { QuotaGovernor } from '../http/governor.js';

/** The result of a health check of an instance. No member is secret. */
export class DfnsHealth {
  /**
   * `down` while the circuit is open, the token of the service account has ended, or Dfns refuses the service account.
   * `degraded` while the quota pauses requests, one call probes a Dfns that was down, or the last request got no answer.
   * Else `up`.
   */
  @Schema(oneOf('up', 'degraded', 'down'))
  status!: 'up' | 'degraded' | 'down';

  /** State of the circuit to Dfns. */
  @Schema(oneOf('closed', 'open', 'half-open'))
  circuit!: CircuitState;

  /** When the token of the service account ends, if it says so; ISO 8601. */
  @Schema(optional(aTime()))
  tokenExpiresAt?: string;

  /** Why the status is not `up`. */
  @Schema(optional(aText('Dfns did not answer the last request')))
  problem?: string;
}

/**
 * Tells the state of an instance from what it knows already. It sends no request to Dfns, so a probe every second costs
 * no quota. The answer fits `HealthCheckService.check` of `@nestjs/terminus`, which is not needed for it.
 */
@Injectable()
export class DfnsHealthIndicator {
  readonly #circuit: Circuit;
  readonly #governor: QuotaGovernor;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;

  constructor(
    circuit: Circuit,
    governor: QuotaGovernor,
    @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
  ) {
    this.#circuit = circuit;
    this.#governor = governor;
    this.#config = config;
    this.#now = now;
  }

  /** @param key name of the result @default 'dfns' */
  async check<K extends string = 'dfns'>(key: K = 'dfns' as K): Promise<Record<K, DfnsHealth>> {
    const circuit = this.#circuit.state;
    const { tokenExpiresAt, problem } = this.#serviceAccount();
    const health: DfnsHealth = { ...this.#traffic(circuit), circuit, ...(tokenExpiresAt && { tokenExpiresAt }) };
    if (problem !== undefined) Object.assign(health, { status: 'down', problem });
    return { [key]: health } as Record<K, DfnsHealth>;
  }

  #traffic(circuit: CircuitState): Pick<DfnsHealth, 'status' | 'problem'> {
    if (circuit === 'open') return { status: 'down', problem: 'Dfns did not answer ten requests in a row' };
    if (circuit === 'half-open')
      return { status: 'degraded', problem: 'one call finds out whether Dfns answers again' };
    const seconds = Math.ceil(this.#governor.pausedForMs / 1_000);
    if (seconds > 0) {
      return { status: 'degraded', problem: `the quota at Dfns is used up: no requests for ${seconds} s` };
    }
    if (!this.#circuit.isAnswered) return { status: 'degraded', problem: 'Dfns did not answer the last request' };
    return { status: 'up' };
  }

  #serviceAccount(): Pick<DfnsHealth, 'tokenExpiresAt' | 'problem'> {
    const { tokenEndsAt: endsAt, problem } = this.#config.serviceAccount;
    if (endsAt === undefined) return { problem };
    const isExpired = endsAt <= this.#now();
    const tokenExpiresAt = new Date(endsAt).toISOString();
    return { tokenExpiresAt, problem: isExpired ? 'the token of the service account has expired' : problem };
  }
}
