import type { Answer } from './answer.js';

/**
 * What is left of the quota of the organisation in the current window, from `X-RateLimit-Remaining` and
 * `X-RateLimit-Reset` (spec 6). Answers may arrive in another order than Dfns counted them.
 */
export class Quota {
  #resetAt = 0;
  #remaining = Number.POSITIVE_INFINITY;

  /** Requests that Dfns still takes; infinite while it has not said. */
  get remaining(): number {
    return this.#remaining;
  }

  read({ headers }: Answer): void {
    const remaining = wholeNumber(headers['x-ratelimit-remaining']);
    const resetAt = wholeNumber(headers['x-ratelimit-reset']);
    if (remaining === undefined || resetAt === undefined || resetAt < this.#resetAt) return;
    this.#remaining = resetAt === this.#resetAt ? Math.min(this.#remaining, remaining) : remaining;
    this.#resetAt = resetAt;
  }
}

function wholeNumber(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
