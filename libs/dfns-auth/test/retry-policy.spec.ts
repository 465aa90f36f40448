// A unit of its own: the retry policy, with errors and states that a test through HTTP cannot produce one by one.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DFNS_ERROR_CODES, DfnsApiError, DfnsError, type DfnsErrorCode } from 'nestjs-dfns-auth';
import { backoffMs, isRetriable } from '../src/calls/retry-policy.js';
import { Attempt } from '../src/http/attempt.js';
import { CallScope } from '../src/http/call-scope.js';
import { isOutage } from '../src/http/failures.js';
import { SecretScrubber } from '../src/http/secret-scrubber.js';

const operation = 'POST /auth/login/delegated';
const answered = (upstreamStatus: number, code: DfnsErrorCode = 'DFNS_UNAVAILABLE') =>
  new DfnsApiError(code, 'answered', { operation, upstreamStatus });
const unanswered = (code: DfnsErrorCode) => new DfnsError(code, 'not answered', { operation });

/** Asks the policy during a call. */
function retriable(error: unknown, state: Partial<Attempt> = {}, repeatable = false): Promise<boolean> {
  return CallScope.run(1_000, [], async (scope) => {
    const traits = { kind: operation, repeatable, requests: 3 };
    const attempt = Object.assign(new Attempt(scope, new SecretScrubber(), traits), state);
    return isRetriable(error, attempt);
  });
}

describe('the library makes another attempt', () => {
  it.each([500, 502, 503, 504])('after an answer with %i', async (status) => {
    expect(await retriable(answered(status))).toBe(true);
  });

  it.each([200, 202, 302, 400, 401, 403, 404, 409, 499, 501, 505, 599])(
    'not after an answer with %i',
    async (status) => {
      expect(await retriable(answered(status))).toBe(false);
    },
  );

  it.each(['DFNS_UNAVAILABLE', 'DFNS_TIMEOUT'] as const)('after a request without an answer: %s', async (code) => {
    expect(await retriable(unanswered(code))).toBe(true);
    expect(isOutage(unanswered(code))).toBe(true);
  });

  it.each(['DFNS_UNAVAILABLE', 'DFNS_TIMEOUT'] as const)(
    'not after %s without a request: the deadline, the circuit',
    async (code) => {
      expect(await retriable(new DfnsError(code, 'without an operation'))).toBe(false);
      expect(isOutage(new DfnsError(code, 'without an operation'))).toBe(false);
    },
  );

  it('after a limit that Dfns named, not after one that the governor names, and after no other error', async () => {
    expect(await retriable(answered(429, 'DFNS_RATE_LIMITED'))).toBe(true);
    const others = DFNS_ERROR_CODES.filter((code) => code !== 'DFNS_UNAVAILABLE' && code !== 'DFNS_TIMEOUT');
    for (const code of others) expect([code, await retriable(unanswered(code))]).toEqual([code, false]);
    for (const error of [new Error('not ours'), undefined, 'text']) {
      expect(await retriable(error)).toBe(false);
      expect(isOutage(error)).toBe(false);
    }
  });

  it('after a write that may have happened only if the call allows it', async () => {
    const state = { mayHaveHappened: true };
    for (const error of [answered(503), unanswered('DFNS_TIMEOUT')]) {
      expect(await retriable(error, state, false)).toBe(false);
      expect(await retriable(error, state, true)).toBe(true);
    }
    expect(await retriable(answered(429, 'DFNS_RATE_LIMITED'), state, false)).toBe(true);
  });

  it('never after it sent the signature of a user', async () => {
    for (const error of [answered(503), answered(429, 'DFNS_RATE_LIMITED'), unanswered('DFNS_TIMEOUT')]) {
      expect(await retriable(error, { spent: true }, true)).toBe(false);
    }
  });

  it('never after the end of the call', async () => {
    const controller = new AbortController();
    let verdict: boolean | undefined;
    const call = CallScope.run(1_000, [controller.signal], async (scope) => {
      controller.abort();
      const attempt = new Attempt(scope, new SecretScrubber(), { kind: operation, repeatable: true, requests: 3 });
      verdict = isRetriable(answered(429, 'DFNS_RATE_LIMITED'), attempt);
    });
    await expect(call).rejects.toMatchObject({ code: 'DFNS_ABORTED' });
    expect(verdict).toBe(false);
  });
});

describe('the wait before the next attempt', () => {
  const waits = (error: unknown, attempts: number) => Array.from({ length: 500 }, () => backoffMs(error, attempts));

  it.each([
    [1, 100],
    [2, 200],
    [3, 400],
    [5, 1_600],
    [6, 2_000],
    [60, 2_000],
  ])('after %i attempts is between 0 and %i ms', (attempts, longest) => {
    const all = waits(answered(503), attempts);
    expect(Math.max(...all)).toBeLessThan(longest);
    expect(Math.max(...all)).toBeGreaterThan(longest * 0.9);
    expect(Math.min(...all)).toBeLessThan(longest * 0.1);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
  });

  it('is not shorter than Dfns asks, and at most two seconds longer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 1, max: 20 }),
        (retryAfterMs, attempts) => {
          const error = new DfnsError('DFNS_RATE_LIMITED', 'busy', { retryAfterMs });
          const wait = backoffMs(error, attempts);
          expect(wait).toBeGreaterThanOrEqual(retryAfterMs);
          expect(wait).toBeLessThan(retryAfterMs + 2_000);
        },
      ),
    );
    expect(backoffMs(new Error('not ours'), 1)).toBeLessThan(100);
  });
});
