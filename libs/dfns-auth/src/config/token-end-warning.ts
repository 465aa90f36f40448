import { Logger } from '@nestjs/common';

const DAY_MS = 86_400_000;
/** Days before the end at which a line is logged, the last one first. */
const DAYS = [1, 7, 14];

/**
 * Warns 14, 7 and 1 days before a token of the service account ends, once each. It has no timer: it looks when the token
 * is used.
 */
export class TokenEndWarning {
  readonly #logger = new Logger('DfnsAuthModule');
  #endsAt: number | undefined;
  #lastDays = Number.POSITIVE_INFINITY;

  /** @param endsAt of the token in use, in milliseconds since 1970 */
  check(endsAt: number | undefined, now: number): void {
    if (endsAt !== this.#endsAt) this.#lastDays = Number.POSITIVE_INFINITY;
    this.#endsAt = endsAt;
    if (endsAt === undefined || endsAt <= now) return;
    const days = DAYS.find((limit) => endsAt - now <= limit * DAY_MS);
    if (days === undefined || days >= this.#lastDays) return;
    this.#lastDays = days;
    this.#logger.warn(
      `The token of the service account ends in ${days === 1 ? 'less than a day' : `less than ${days} days`}, at ${new Date(endsAt).toISOString()}. ` +
        'Then Dfns refuses every call. Make a new token and give it in serviceAccount.authToken (DFNS_AUTH_TOKEN).',
    );
  }
}
