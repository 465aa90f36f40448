import type { DfnsErrorCode } from '../errors/error-table.js';

/** How something ended: `ok`, the code of a `DfnsError`, or `unknown` for an error that is not ours. */
export type DfnsOutcome = 'ok' | DfnsErrorCode | 'unknown';

/** A call has ended, with all its attempts. Published on the diagnostics channel `nestjs-dfns-auth:call`. */
export interface DfnsCallEvent {
  /** Method and path template, such as `GET /wallets/{id}`: no id, name or query. */
  operation: string;
  outcome: DfnsOutcome;
  durationMs: number;
  /** How often it was tried; 1 without a retry, 0 when it ended before the first. */
  attempts: number;
  /** Pseudonym of the user, the same in every event of an organisation. Only where a user was named. */
  user?: string;
}

/** One request has ended. Published on the diagnostics channel `nestjs-dfns-auth:step`. */
export interface DfnsStepEvent {
  /** Method and path template of the request. */
  operation: string;
  /** Asking for a challenge, answering it, or the call itself. */
  step: 'init' | 'exchange' | 'call';
  outcome: DfnsOutcome;
  durationMs: number;
  /** HTTP status of a refusal. */
  upstreamStatus?: number;
}

/** A user token was asked for. Published on the diagnostics channel `nestjs-dfns-auth:token`. */
export interface DfnsTokenEvent {
  /** From memory, by a login of its own, or by the login of another caller under way. */
  result: 'hit' | 'miss' | 'coalesced';
  /** Pseudonym of the user. */
  user: string;
}

/** Where spans and figures go beside the diagnostics channels. Knows no OpenTelemetry type, so that none is published. */
export interface Instruments {
  /** Runs `call` inside a span, which ends with what `call` tells about it. */
  span<T>(kind: 'call' | 'step', operation: string, call: (end: SpanEnd) => Promise<T>): Promise<T>;
  token(result: DfnsTokenEvent['result']): void;
}

/** Ends a span and counts it. */
export type SpanEnd = (event: DfnsCallEvent | DfnsStepEvent) => void;
