import { Inject, Injectable } from '@nestjs/common';
import { CallRunner } from '../calls/call-runner.js';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { isDfnsError } from '../errors/dfns-error.js';

/** The result of a health check of an instance. No member is secret. */
export interface DfnsHealth {
  /** `down` while the circuit is open, or if the service account has no usable token. */
  status: 'up' | 'down';
  /** State of the circuit breaker: `open` after repeated failures of Dfns. */
  circuit: 'closed' | 'open' | 'half-open';
  /** When the token of the service account expires, in ISO 8601. Missing if the token does not state it. */
  tokenExpiresAt?: string;
  /** Why there is no usable token. */
  problem?: string;
}

/**
 * Reports the health of an instance without a request to Dfns, so a check every second uses no quota. The result fits
 * `HealthCheckService.check` of `@nestjs/terminus`, which is not required.
 */
@Injectable()
export class DfnsHealthIndicator {
  readonly #runner: CallRunner;
  readonly #config: DfnsAuthConfig;
  readonly #now: Clock;

  constructor(runner: CallRunner, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#runner = runner;
    this.#config = config;
    this.#now = now;
  }

  /** @param key name of the result @default 'dfns' */
  async check<K extends string = 'dfns'>(key: K = 'dfns' as K): Promise<Record<K, DfnsHealth>> {
    const { circuit } = this.#runner;
    const token = await this.#token();
    const status = circuit === 'open' || token.problem !== undefined ? 'down' : 'up';
    return { [key]: { status, circuit, ...token } } as Record<K, DfnsHealth>;
  }

  async #token(): Promise<Pick<DfnsHealth, 'tokenExpiresAt' | 'problem'>> {
    try {
      const { expiresAt } = readTokenClaims(await this.#config.authToken()) ?? {};
      if (expiresAt === undefined) return {};
      const expired = expiresAt * 1000 <= this.#now();
      const tokenExpiresAt = new Date(expiresAt * 1000).toISOString();
      return { tokenExpiresAt, ...(expired && { problem: 'the token of the service account has expired' }) };
    } catch (error) {
      return { problem: isDfnsError(error) ? error.message : 'the token of the service account is not to be had' };
    }
  }
}
