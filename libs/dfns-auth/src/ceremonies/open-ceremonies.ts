import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { CallScope } from '../http/call-scope.js';
import { Circuit } from '../http/circuit.js';
import type { Ceremony } from './begun-ceremonies.js';
import { CeremonyRows, type Row } from './ceremony-rows.js';

/** What the browser is asked for. A ceremony of one kind cannot be finished as one of another kind. */
export type CeremonyKind = 'registration' | 'recovery' | 'action' | 'credential';

/**
 * A ceremony is found only by its kind, its user and its id together, so other users can neither finish it nor use it
 * up.
 */
export interface CeremonyKey {
  kind: CeremonyKind;
  username: string;
  ceremonyId: string;
}

/** The key of a ceremony that begins. */
export function newCeremony(kind: CeremonyKind, username: string): CeremonyKey {
  return { kind, username, ceremonyId: randomBytes(32).toString('base64url') };
}

/**
 * What the server holds until a ceremony is finished.
 *
 * @throws DfnsError `DFNS_UNAVAILABLE` from every method that uses the store, if the store fails
 */
@Injectable()
export class OpenCeremonies {
  readonly #rows: CeremonyRows;
  readonly #circuit: Circuit;
  readonly #lifetimeMs: number;
  readonly #now: Clock;

  constructor(
    rows: CeremonyRows,
    circuit: Circuit,
    @Inject(DFNS_AUTH_CONFIG) { ceremonies }: DfnsAuthConfig,
    @Inject(DFNS_CLOCK) now: Clock,
  ) {
    this.#rows = rows;
    this.#circuit = circuit;
    this.#lifetimeMs = ceremonies.lifetimeMs;
    this.#now = now;
  }

  /**
   * When a ceremony that begins now expires, in milliseconds since 1970: with its lifetime, or with the token that its
   * answer needs. Dfns has just accepted or issued the token. So if the token ended in the past by our clock, the clocks
   * of Dfns and of this process disagree, and only the lifetime counts.
   */
  endOfNew(token?: string): number {
    const now = this.#now();
    const tokenEnd = (readTokenClaims(token ?? '')?.expiresAt ?? Number.POSITIVE_INFINITY) * 1_000;
    return Math.min(now + this.#lifetimeMs, tokenEnd > now ? tokenEnd : Number.POSITIVE_INFINITY);
  }

  /** Stores an empty row for a ceremony, to learn whether the store works before something changes at Dfns. */
  async reserve(key: CeremonyKey, scope: CallScope): Promise<void> {
    await this.#rows.put(key, { held: {}, expiresAt: this.endOfNew() }, scope);
  }

  /**
   * @param row what the server needs to finish the ceremony; it is kept as JSON, and must not reach the browser
   * @param challenge what the browser gets
   */
  async open<C>(key: CeremonyKey, row: Row<object>, challenge: C, scope: CallScope): Promise<Ceremony<C>> {
    await this.#rows.put(key, row, scope);
    return { ceremonyId: key.ceremonyId, expiresAt: new Date(row.expiresAt).toISOString(), challenge };
  }

  /**
   * Removes and returns what was held. So a ceremony can be finished only once, even if the call fails later. While the
   * circuit is open, nothing could be sent, so the ceremony is left open.
   *
   * @throws DfnsError `DFNS_CEREMONY_INVALID`; `DFNS_UNAVAILABLE` while the circuit is open
   */
  async take<H>(key: CeremonyKey, scope: CallScope): Promise<H> {
    this.#circuit.assertNotOpen();
    const row = await this.#rows.take<H>(key, scope);
    if (row) return row.held;
    throw new DfnsError(
      'DFNS_CEREMONY_INVALID',
      `there is no open ${key.kind} of this id: it was answered, has expired, or is of another user`,
    );
  }

  /** Removes a ceremony that did not begin. Failures of the store are ignored: the row expires. */
  async discard(key: CeremonyKey, scope: CallScope): Promise<void> {
    await this.#rows.take(key, scope).catch(() => undefined);
  }
}
