import { createHash } from 'node:crypto';
import type { Clock, DfnsAuthConfig } from '../config/config.js';
import type { CeremonyOwner, CeremonyStore } from '../config/stores.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError, isDfnsError, noteMayHaveHappened } from '../errors/dfns-error.js';
import { isJsonObject } from '../http/answer.js';
import type { CallScope } from '../http/call-scope.js';
import { MemoryCeremonyStore } from './ceremony-stores.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 2_000;
/** Largest number of open ceremonies of one user. Registrations are counted apart. */
const MAX_OF_USER = 20;

/** What a row is for. */
export type RowKind = 'registration' | 'unfinished registration' | 'recovery' | 'action' | 'credential';

/** A row is found only with all parts of its key. */
export interface RowKey {
  kind: RowKind;
  username: string;
  /** Missing for a row that a user has only once. */
  ceremonyId?: string;
}

/** A value with its expiry, in milliseconds since 1970. */
export interface Row<H> {
  held: H;
  expiresAt: number;
}

/**
 * The rows of the {@link CeremonyStore}. Their expiry is checked here, so it does not depend on the store. A user has at
 * most {@link MAX_OF_USER} open ceremonies, and rows of registrations are apart, so that nothing else pushes them out.
 *
 * @throws DfnsError `DFNS_UNAVAILABLE` from every method, if the store fails or does not answer in time
 */
export class CeremonyRows {
  readonly #storeOf: (kind: RowKind) => CeremonyStore;
  readonly #now: Clock;
  /** Part of each key, so that instances can share a store. */
  readonly #instance: readonly (string | undefined)[];

  private constructor({ ceremonies, baseUrl }: DfnsAuthConfig, now: Clock, orgId: string | undefined) {
    this.#storeOf = storesOf(ceremonies, now);
    this.#now = now;
    this.#instance = [baseUrl, orgId];
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` if there is a store and the organisation of its rows is not known */
  static async open(config: DfnsAuthConfig, now: Clock): Promise<CeremonyRows> {
    const { store } = config.ceremonies;
    const orgId = config.orgId ?? (store && readTokenClaims(await config.authToken())?.orgId);
    if (store && orgId === undefined) {
      throw new DfnsError(
        'DFNS_CONFIGURATION',
        'ceremonies.store needs orgId, since the token of the service account does not name its organisation',
      );
    }
    return new CeremonyRows(config, now, orgId);
  }

  /** Writes a row as JSON. It replaces an earlier row with this key. */
  async put<H>(key: RowKey, row: Row<H>, scope: CallScope): Promise<void> {
    const ttlMs = row.expiresAt - this.#now();
    const store = this.#storeOf(key.kind);
    await inTime(scope, async () => {
      const kept: unknown = await store.put(this.#idOf(key), JSON.stringify(row), ttlMs, this.#ownerOf(key));
      if (kept === false) throw failure('it did not keep a row');
    });
  }

  /** Removes a row and returns it; `undefined` if it is unknown, expired or already taken. */
  async take<H>(key: RowKey, scope: CallScope): Promise<Row<H> | undefined> {
    const store = this.#storeOf(key.kind);
    const row = parsed(await inTime(scope, () => store.take(this.#idOf(key), this.#ownerOf(key))));
    return isJsonObject(row) && this.#now() < Number(row['expiresAt']) ? (row as unknown as Row<H>) : undefined;
  }

  #idOf({ kind, username, ceremonyId }: RowKey): string {
    return hash([...this.#instance, 'row', kind, username, ceremonyId]);
  }

  #ownerOf({ kind, username, ceremonyId }: RowKey): CeremonyOwner | undefined {
    if (ceremonyId === undefined) return undefined;
    return { id: hash([...this.#instance, 'owner', shelfOf(kind), username]), maxRows: MAX_OF_USER };
  }
}

/** Rows on one shelf push one another out, and no rows on other shelves. */
function shelfOf(kind: RowKind): RowKind | 'other' {
  return kind === 'registration' || kind === 'unfinished registration' ? kind : 'other';
}

/** The store of the application for all rows, or stores in memory: one for each shelf. */
function storesOf({ store, maxEntries }: DfnsAuthConfig['ceremonies'], now: Clock): (kind: RowKind) => CeremonyStore {
  if (store) return () => store;
  const shelves = new Map<string, CeremonyStore>();
  return (kind) => {
    const shelf = shelves.get(shelfOf(kind)) ?? new MemoryCeremonyStore(maxEntries, now);
    shelves.set(shelfOf(kind), shelf);
    return shelf;
  };
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
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
async function inTime<T>(scope: CallScope, use: () => Promise<T>): Promise<T> {
  try {
    scope.throwIfEnded();
    return await scope.within(STORE_TIMEOUT_MS, use(), () => failure(`no answer within ${STORE_TIMEOUT_MS} ms`));
  } catch (error) {
    const failed = isDfnsError(error) ? error : failure(error instanceof Error ? error.name : typeof error);
    if (scope.mayHaveHappened) noteMayHaveHappened(failed);
    throw failed;
  }
}

function failure(kind: string): DfnsError {
  return new DfnsError('DFNS_UNAVAILABLE', `the ceremony store failed (${kind}): check ceremonies.store`);
}
