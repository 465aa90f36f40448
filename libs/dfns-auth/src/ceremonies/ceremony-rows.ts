import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isJsonObject } from '../client/json.js';
import type { CeremonyStore } from '../config/ceremony-store.js';
import { type Clock, DFNS_CLOCK } from '../config/clock.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { DfnsError } from '../errors/dfns.error.js';
import { MemoryCeremonyStore } from './memory-ceremony.store.js';

/** Something that is held until a moment, in milliseconds since 1970. */
export interface Row<H> {
  held: H;
  expiresAt: number;
}

/** The rows of the {@link CeremonyStore}. Each is found by all parts of its key, and over in time whatever the store does. */
@Injectable()
export class CeremonyRows {
  readonly #store: CeremonyStore;
  readonly #now: Clock;

  constructor(@Inject(DFNS_AUTH_CONFIG) { ceremonies }: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    this.#store = ceremonies.store ?? new MemoryCeremonyStore(ceremonies.maxEntries, now);
    this.#now = now;
  }

  /** Holds what JSON can hold, instead of what was held under this key. */
  async put<H>(key: readonly string[], row: Row<H>): Promise<void> {
    await stored(() => this.#store.put(idOf(key), JSON.stringify(row), row.expiresAt - this.#now()));
  }

  /** Takes a row out, which works once. */
  async take<H>(key: readonly string[]): Promise<Row<H> | undefined> {
    const value = await stored(() => this.#store.take(idOf(key)));
    const row: unknown = JSON.parse(value ?? 'null');
    return isJsonObject(row) && this.#now() < Number(row['expiresAt']) ? (row as unknown as Row<H>) : undefined;
  }
}

function idOf(key: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(key)).digest('base64url');
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
