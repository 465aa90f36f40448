import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError } from '../errors/dfns-error.js';
import { CeremonyRows } from './ceremony-rows.js';

/** A challenge for a browser, and the id that is needed to finish the ceremony. */
export interface Ceremony<C> {
  ceremonyId: string;
  /** ISO 8601. After that the ceremony cannot be finished. */
  expiresAt: string;
  challenge: C;
}

/** What the browser is asked for. A ceremony of one kind cannot be finished as one of another kind. */
export type CeremonyKind = 'registration' | 'recovery' | 'action' | 'credential';

/**
 * What the server holds until a ceremony is finished. A ceremony is found only by its kind, its user and its id
 * together, so other users can neither finish it nor use it up.
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

  /** When a ceremony that begins now expires, in milliseconds since 1970. */
  endOfNew(): number {
    return this.#now() + this.#lifetimeMs;
  }

  /**
   * @param held what the server needs to finish the ceremony; it is kept as JSON, and must not reach the browser
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
   * Removes and returns what was held. So a ceremony can be finished only once, even if the call fails later.
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
