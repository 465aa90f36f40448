import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { CeremonyRows } from './ceremony-rows.js';

/** A challenge for a browser, and the id under which its answer is expected. */
export interface Ceremony<C> {
  ceremonyId: string;
  /** ISO 8601; an answer after that is refused. */
  expiresAt: string;
  challenge: C;
}

/** What is asked of the browser; an answer to another question is no answer. */
export type CeremonyKind = 'registration' | 'recovery' | 'action' | 'credential';

/**
 * What the server holds between a challenge and its answer. A ceremony is found by its kind, its user and its id
 * together: somebody else's attempt neither answers it nor uses it up.
 */
@Injectable()
export class OpenCeremonies {
  readonly #rows: CeremonyRows;
  readonly #lifetimeMs: number;
  readonly #now: Clock;

  constructor(
    rows: CeremonyRows,
    @Inject(DFNS_AUTH_CONFIG) { ceremonies }: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
  ) {
    this.#rows = rows;
    this.#lifetimeMs = ceremonies.lifetimeMs;
    this.#now = now;
  }

  /** When a challenge that was made now is over, in milliseconds since 1970. */
  endOfNew(): number {
    return this.#now() + this.#lifetimeMs;
  }

  /**
   * @param held what the server needs for the answer; it is kept as JSON, and must not reach the browser
   * @param challenge what the browser gets
   */
  async open<C>(
    kind: CeremonyKind,
    username: string,
    held: object,
    challenge: C,
    expiresAt = this.endOfNew(),
  ): Promise<Ceremony<C>> {
    const ceremonyId = randomBytes(32).toString('base64url');
    await this.#rows.put([kind, username, ceremonyId], { held, expiresAt });
    return { ceremonyId, expiresAt: new Date(expiresAt).toISOString(), challenge };
  }

  /**
   * What was held. It is no longer: whatever comes of the answer, it was the only one.
   *
   * @throws DfnsError `DFNS_CEREMONY_INVALID`
   */
  async take<H>(kind: CeremonyKind, username: string, ceremonyId: string): Promise<H> {
    const row = await this.#rows.take<H>([kind, username, ceremonyId]);
    if (row) return row.held;
    throw new DfnsError(
      'DFNS_CEREMONY_INVALID',
      `there is no open ${kind} of this id: it was answered, has expired, or is of another user`,
    );
  }
}
