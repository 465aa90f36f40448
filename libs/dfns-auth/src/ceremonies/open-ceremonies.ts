import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isJsonObject } from '../client/json.js';
import type { CeremonyStore } from '../config/ceremony-store.js';
import { type Clock, DFNS_CLOCK } from '../config/clock.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DfnsError } from '../errors/dfns.error.js';
import type { Ceremony } from './ceremony.js';
import { MemoryCeremonyStore } from './memory-ceremony.store.js';

/** What is asked of the browser; an answer to another question is no answer. */
export type CeremonyKind = 'registration' | 'recovery' | 'action' | 'credential';

/**
 * What the server holds between a challenge and its answer. A ceremony is found by its kind, its user and its id
 * together: somebody else's attempt neither answers it nor uses it up.
 */
@Injectable()
export class OpenCeremonies {
  readonly #store: CeremonyStore;
  readonly #lifetimeMs: number;
  readonly #now: Clock;

  constructor(@Inject(DFNS_AUTH_CONFIG) { ceremonies }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#store = ceremonies.store ?? new MemoryCeremonyStore(ceremonies.maxEntries, now);
    this.#lifetimeMs = ceremonies.lifetimeMs;
    this.#now = now;
  }

  /**
   * @param held what the server needs for the answer; it is kept as JSON, and must not reach the browser
   * @param challenge what the browser gets
   */
  async open<C>(kind: CeremonyKind, username: string, held: object, challenge: C): Promise<Ceremony<C>> {
    const ceremonyId = randomBytes(32).toString('base64url');
    const expiresAt = this.#now() + this.#lifetimeMs;
    const value = JSON.stringify({ held, expiresAt });
    await stored(() => this.#store.put(rowOf(kind, username, ceremonyId), value, this.#lifetimeMs));
    return { ceremonyId, expiresAt: new Date(expiresAt).toISOString(), challenge };
  }

  /**
   * What was held. It is no longer: whatever comes of the answer, it was the only one.
   *
   * @throws DfnsError `DFNS_CEREMONY_INVALID`
   */
  async take<H>(kind: CeremonyKind, username: string, ceremonyId: string): Promise<H> {
    const value = await stored(() => this.#store.take(rowOf(kind, username, ceremonyId)));
    const row: unknown = JSON.parse(value ?? 'null');
    if (isJsonObject(row) && this.#now() < Number(row['expiresAt'])) return row['held'] as H;
    throw new DfnsError(
      'DFNS_CEREMONY_INVALID',
      `there is no open ${kind} of this id: it was answered, has expired, or is of another user`,
    );
  }
}

function rowOf(kind: CeremonyKind, username: string, ceremonyId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, username, ceremonyId]))
    .digest('base64url');
}

/** A store of the application: its words may hold anything, so only the kind of its error is told. */
async function stored<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error;
    throw new DfnsError('DFNS_UNAVAILABLE', `the ceremony store failed (${kind})`);
  }
}
