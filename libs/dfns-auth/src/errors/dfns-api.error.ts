import { DfnsError, type DfnsErrorDetails } from './dfns.error.js';
import type { DfnsErrorCode } from './dfns-error-code.js';

const BRAND = Symbol.for('nestjs-dfns-auth/DfnsApiError');

/** What Dfns answered, as far as it may be kept. */
export interface DfnsApiErrorDetails extends DfnsErrorDetails {
  operation: string;
  /** HTTP status of Dfns's answer. */
  upstreamStatus: number;
  /** `error.id` of Dfns's answer: quote it to Dfns support. */
  errorId?: string;
  /** Dfns's own words, already scrubbed of secrets. For logs, never for clients. */
  upstreamMessage?: string;
}

/**
 * Dfns answered, and the answer is not the one asked for. Fields avoid the names `status` and `statusCode`: Nest 11
 * sends the text of an error that has them to the client.
 */
export class DfnsApiError extends DfnsError {
  declare readonly operation: string;
  readonly upstreamStatus: number;
  readonly errorId?: string;
  readonly upstreamMessage?: string;

  constructor(code: DfnsErrorCode, message: string, details: DfnsApiErrorDetails) {
    super(code, message, details);
    this.upstreamStatus = details.upstreamStatus;
    if (details.errorId !== undefined) this.errorId = details.errorId;
    if (details.upstreamMessage !== undefined) this.upstreamMessage = details.upstreamMessage;
  }

  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== DfnsApiError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
  }
}
