import type { DfnsErrorCode } from './error-table.js';

/*
 * The brands are global symbols, so that `instanceof` also works for errors of a second copy of the package in the
 * process. The names are literals, because bundlers shorten class names.
 */
const ERROR = Symbol.for('nestjs-dfns-auth/DfnsError');
const API_ERROR = Symbol.for('nestjs-dfns-auth/DfnsApiError');

/** What a {@link DfnsError} can hold in addition to its code and message. No member is secret. */
export interface DfnsErrorDetails {
  /** Method and path of the request to Dfns, e.g. `POST /auth/login/delegated`. */
  operation?: string;
  /** Milliseconds to wait before the call is made again. */
  retryAfterMs?: number;
  /** See {@link DfnsError.mayHaveHappened}. @default false */
  mayHaveHappened?: boolean;
}

/**
 * The base class of every error of this package. It holds no request, header, body, token or cause. Printing it at any
 * depth shows only its code, its message and its details, such as the operation.
 */
export class DfnsError extends Error {
  readonly code: DfnsErrorCode;
  readonly operation?: string;
  readonly retryAfterMs?: number;
  /**
   * Whether something may have changed at Dfns although the call failed: a write was sent, and Dfns did not refuse it.
   * Where it is false, the call can be made again without harm. Where it is true, look at Dfns first, or repeat a write
   * with the same `externalId`. Reads and logins change nothing, so it is false for them.
   */
  readonly mayHaveHappened: boolean;

  constructor(code: DfnsErrorCode, message: string, details: DfnsErrorDetails = {}) {
    super(message);
    this.name = 'DfnsError';
    this.code = code;
    this.mayHaveHappened = details.mayHaveHappened ?? false;
    if (details.operation !== undefined) this.operation = details.operation;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }

  /** True on every `DfnsError`, also on those of another copy of the package. */
  get [ERROR](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === DfnsError ? isDfnsError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** Whether `value` is a {@link DfnsError}, of this copy of the package or of another one. */
export function isDfnsError(value: unknown): value is DfnsError {
  return isBranded(value, ERROR);
}

/** Says on an error that something may have changed at Dfns. Internal. */
export function noteMayHaveHappened(error: DfnsError): void {
  (error as { mayHaveHappened: boolean }).mayHaveHappened = true;
}

/** The thing at Dfns that has the `externalId` of a refused request already (dfns-api 16.4). */
export interface DfnsDuplicate {
  externalId: string;
  /** The id of the transfer, the transaction or the signature. Missing if Dfns does not tell it. */
  id?: string;
}

/**
 * What Dfns answers if a policy holds a change of a policy, a permission or an assignment (dfns-api 16.6). The members
 * are as Dfns sent them, and are not checked.
 */
export interface DfnsChangeRequest {
  /** `cr-…` */
  id?: string;
  kind?: 'Policy' | 'Permission' | 'Assignment' | (string & {});
  operationKind?: 'Create' | 'Update' | 'Delete' | (string & {});
  status?: 'Pending' | 'Applied' | 'Failed' | 'Rejected' | (string & {});
  requester?: { userId?: string; tokenId?: string };
  /** The id of what is changed. */
  entityId?: string;
  /** ISO 8601. */
  dateCreated?: string;
  dateResolved?: string;
  /** `ap-…` */
  approvalId?: string;
  /** What is changed, as it would become. */
  body?: unknown;
}

/** What Dfns answered, as far as it may be kept. */
export interface DfnsApiErrorDetails extends DfnsErrorDetails {
  operation: string;
  /** HTTP status of the answer of Dfns. */
  upstreamStatus: number;
  /** `error.id` of the answer. Give it to Dfns support. */
  errorId?: string;
  /** The message of the answer, with secrets removed. For logs, never for clients. */
  upstreamMessage?: string;
  /** See {@link DfnsApiError.pending}. */
  pending?: unknown;
  /** See {@link DfnsApiError.duplicate}. */
  duplicate?: DfnsDuplicate;
}

/**
 * Dfns answered, but not with the expected success. The members are not named `status` or `statusCode`, because Nest 11
 * sends the message of an error with these members to the client.
 */
export class DfnsApiError extends DfnsError {
  declare readonly operation: string;
  readonly upstreamStatus: number;
  readonly errorId?: string;
  readonly upstreamMessage?: string;
  /** With `DFNS_CONFLICT`: the earlier request with the same `externalId`, but another body or another wallet. */
  readonly duplicate?: DfnsDuplicate;
  readonly #pending: unknown;

  constructor(code: DfnsErrorCode, message: string, details: DfnsApiErrorDetails) {
    super(code, message, details);
    this.name = 'DfnsApiError';
    this.upstreamStatus = details.upstreamStatus;
    if (details.errorId !== undefined) this.errorId = details.errorId;
    if (details.upstreamMessage !== undefined) this.upstreamMessage = details.upstreamMessage;
    if (details.duplicate !== undefined) this.duplicate = details.duplicate;
    this.#pending = details.pending;
  }

  /**
   * With `DFNS_POLICY_PENDING`: the change request that waits, as Dfns answered it (dfns-api 16.5). Follow it with
   * `GET /v2/policy-approvals/{approvalId}`. It is not printed with the error.
   */
  get pending(): DfnsChangeRequest | undefined {
    return this.#pending as DfnsChangeRequest | undefined;
  }

  get [API_ERROR](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === DfnsApiError
      ? isBranded(value, API_ERROR)
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

function isBranded(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
