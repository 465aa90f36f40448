import { Inject, Injectable } from '@nestjs/common';
import { CallRunner } from '../calls/call-runner.js';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { isDfnsError } from '../errors/dfns-error.js';

/** What a health check shows of an instance. Nothing of it is secret. */
export interface DfnsHealth {
  /** `down` while Dfns is left alone after repeated failures, or when the service account has no usable token. */
  status: 'up' | 'down';
  /** State of the circuit to Dfns. */
  circuit: 'closed' | 'open' | 'half-open';
  /** When the token of the service account ends, if it says so. */
  tokenExpiresAt?: string;
  /** Why there is no usable token. */
  problem?: string;
}

/**
 * Tells how an instance fares, from what it knows already: it sends Dfns no request, so a probe every second costs
 * no quota. The answer fits `HealthCheckService.check` of `@nestjs/terminus`, which is not needed for it.
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

  /** @param key under which the result stands @default 'dfns' */
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
