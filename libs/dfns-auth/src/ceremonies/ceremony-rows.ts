import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DFNS_AUTH_CONFIG, DFNS_CLOCK, type DfnsAuthConfig } from '../config/config.js';
import type { CeremonyStore } from '../config/stores.js';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import { isJsonObject } from '../http/answer.js';
import { CallScope } from '../http/call-scope.js';
import { MemoryCeremonyStore } from './ceremony-stores.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 2_000;

/** A value with its expiry, in milliseconds since 1970. */
export interface Row<H> {
  held: H;
  expiresAt: number;
}

/**
 * The rows of the {@link CeremonyStore}. A row is found only with all parts of its key. Its expiry is checked here, so
 * it does not depend on the store.
 *
 * @throws DfnsError `DFNS_UNAVAILABLE` from every method, if the store fails or does not answer in time
 */
@Injectable()
export class CeremonyRows {
  readonly #store: CeremonyStore;
  readonly #now: Clock;
  /** Part of each key, so that instances can share a store. */
  readonly #owner: readonly (string | undefined)[];

  constructor(@Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig, @Inject(DFNS_CLOCK) now: Clock) {
    const { ceremonies, baseUrl, orgId } = config;
    this.#store = ceremonies.store ?? new MemoryCeremonyStore(ceremonies.maxEntries, now);
    this.#now = now;
    this.#owner = [baseUrl, orgId];
  }

  /** Writes a row as JSON. It replaces an earlier row with this key. */
  async put<H>(key: readonly string[], row: Row<H>): Promise<void> {
    await stored(() => this.#store.put(this.#idOf(key), JSON.stringify(row), row.expiresAt - this.#now()));
  }

  /** Removes a row and returns it; `undefined` if it is unknown, expired or already taken. */
  async take<H>(key: readonly string[]): Promise<Row<H> | undefined> {
    const row = parsed(await stored(() => this.#store.take(this.#idOf(key))));
    return isJsonObject(row) && this.#now() < Number(row['expiresAt']) ? (row as unknown as Row<H>) : undefined;
  }

  #idOf(key: readonly string[]): string {
    return createHash('sha256')
      .update(JSON.stringify([...this.#owner, ...key]))
      .digest('base64url');
  }
}

function parsed(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? 'null');
  } catch {
    return undefined;
  }
}

/**
 * Limits the time of an operation of the store. The message of its error may contain anything, so only the name of the
 * error is reported.
 */
async function stored<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await CallScope.run(STORE_TIMEOUT_MS, [], use);
  } catch (error) {
    const kind = isDfnsError(error) ? `no answer within ${STORE_TIMEOUT_MS} ms` : nameOf(error);
    throw new DfnsError('DFNS_UNAVAILABLE', `the ceremony store failed (${kind})`);
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
