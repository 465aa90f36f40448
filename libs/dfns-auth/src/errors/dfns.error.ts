import type { DfnsErrorCode } from './dfns-error-code.js';

const BRAND = Symbol.for('nestjs-dfns-auth/DfnsError');

/** What a {@link DfnsError} may say beside its code. Nothing of it is secret. */
export interface DfnsErrorDetails {
  /** Method and path of the Dfns call, e.g. `POST /auth/login/delegated`. */
  operation?: string;
  /** Milliseconds after which another try makes sense. */
  retryAfterMs?: number;
}

/**
 * The base of every error this package throws. It holds no request, header, body, token or cause: printing it at any
 * depth shows a code, a sentence and an operation.
 */
export class DfnsError extends Error {
  readonly code: DfnsErrorCode;
  readonly operation?: string;
  readonly retryAfterMs?: number;

  constructor(code: DfnsErrorCode, message: string, details: DfnsErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    if (details.operation !== undefined) this.operation = details.operation;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }

  /** True on every error of this family, also on those of another copy of the package in the same process. */
  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this === DfnsError) return isDfnsError(value);
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** Whether `value` is a {@link DfnsError}, of this copy of the package or of another one. */
export function isDfnsError(value: unknown): value is DfnsError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
