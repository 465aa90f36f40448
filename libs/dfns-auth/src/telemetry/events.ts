import type { DfnsErrorCode } from '../errors/error-table.js';

/** How a call or a step ended: `ok`, the code of a `DfnsError`, or `unknown` for another error. */
export type DfnsOutcome = 'ok' | DfnsErrorCode | 'unknown';

/** A call has ended, after all its attempts. Published on the diagnostics channel `nestjs-dfns-auth:call`. */
export interface DfnsCallEvent {
  /** Method and path template, such as `GET /wallets/{id}`: no id, name or query. */
  operation: string;
  outcome: DfnsOutcome;
  durationMs: number;
  /** Number of attempts: 1 without a retry, 0 if the call ended before the first attempt. */
  attempts: number;
  /** Pseudonym of the user, the same in every event of an organisation. Only if the call names a user. */
  user?: string;
}

/** A step, which is one request, has ended. Published on the diagnostics channel `nestjs-dfns-auth:step`. */
export interface DfnsStepEvent {
  /** Method and path template of the request. */
  operation: string;
  /** `init` asks for a challenge, `exchange` sends it signed, `call` is the application's request. */
  step: 'init' | 'exchange' | 'call';
  outcome: DfnsOutcome;
  durationMs: number;
  /** HTTP status of the answer, if the step failed with a `DfnsApiError`. */
  upstreamStatus?: number;
}

/** A user token was asked for. Published on the diagnostics channel `nestjs-dfns-auth:token`. */
export interface DfnsTokenEvent {
  /** `hit`: from memory. `miss`: not in memory. `coalesced`: from a login that another call has started. */
  result: 'hit' | 'miss' | 'coalesced';
  /** Pseudonym of the user. */
  user: string;
}

/**
 * Records spans and metrics, in addition to the diagnostics channels. Uses no type of OpenTelemetry, so that the
 * published types do not need it.
 */
export interface Instruments {
  /** Runs `call` in a span. `call` ends the span with an event. */
  span<T>(kind: 'call' | 'step', operation: string, call: (end: SpanEnd) => Promise<T>): Promise<T>;
  token(result: DfnsTokenEvent['result']): void;
}

/** Ends a span and records its metrics. */
export type SpanEnd = (event: DfnsCallEvent | DfnsStepEvent) => void;
