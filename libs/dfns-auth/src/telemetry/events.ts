import type { DfnsErrorCode } from '../errors/dfns-error-code.js';

/** How something ended: `ok`, the code of a `DfnsError`, or `unknown` for an error that is not ours. */
export type DfnsOutcome = 'ok' | DfnsErrorCode | 'unknown';

/** A call has ended, with all its tries. Published on the diagnostics channel `nestjs-dfns-auth:flow`. */
export interface DfnsFlowEvent {
  /** Method and path template, such as `GET /wallets/{id}`: no id, name or query. */
  operation: string;
  outcome: DfnsOutcome;
  durationMs: number;
  /** How often it was tried; 1 without a retry, 0 when it ended before the first. */
  tries: number;
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
