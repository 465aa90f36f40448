import { DfnsApiError, isDfnsError } from '../errors/dfns-error.js';
import type { Attempt } from '../http/attempt.js';
import { isOutage } from '../http/failures.js';

/** Longest wait before the second attempt, in milliseconds. It doubles with each further attempt. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;
/** HTTP statuses after which another attempt may succeed. */
const PASSING = [500, 502, 503, 504];

/** Whether a failed attempt may be followed by another. */
export function isRetriable(error: unknown, attempt: Attempt): boolean {
  if (!isDfnsError(error) || attempt.spent || attempt.scope.endSignal.aborted) return false;
  // The governor refuses a call only if it cannot be made in time.
  if (error.code === 'DFNS_RATE_LIMITED') return error instanceof DfnsApiError;
  if (attempt.mayHaveHappened && !attempt.traits.repeatable) return false;
  return error instanceof DfnsApiError ? PASSING.includes(error.upstreamStatus) : isOutage(error);
}

/**
 * Milliseconds to wait after a failed attempt: full jitter, and at least as long as Dfns asked for.
 *
 * @param attempts number of attempts so far
 */
export function backoffMs(error: unknown, attempts: number): number {
  const longest = Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
  const asked = isDfnsError(error) ? (error.retryAfterMs ?? 0) : 0;
  return asked + Math.random() * longest;
}
