import { createHash } from 'node:crypto';
import { DfnsError } from '../errors/dfns-error.js';
import { Sealer, type SealingOptions } from './sealer.js';

/** The members of a Keyv 5 instance that are used. Any Keyv fits; this package does not load `keyv` itself. */
export interface KeyvLike {
  /** The storage adapter of the Keyv, e.g. a `KeyvRedis`. */
  readonly store?: unknown;
  /** Resolves to `undefined` for a key that is unknown or expired. */
  get(key: string): Promise<unknown>;
  /** Keeps `value` for at most `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs?: number): Promise<boolean>;
  /** Resolves to whether there was a row. */
  delete(key: string): Promise<boolean>;
}

/**
 * Sealed rows in a Keyv. The key is hashed, and the value is sealed for the purpose and the key. So the store shows no
 * names and no values, and a row is found and opened only with all parts of its key.
 */
export class SealedKeyv {
  readonly #keyv: KeyvLike;
  readonly #sealer: Sealer;
  readonly #purpose: string;

  /**
   * @param purpose separates rows of different kinds, e.g. `token`; readable in the store
   * @throws DfnsError `DFNS_CONFIGURATION` for keys that cannot seal
   */
  constructor(keyv: KeyvLike, sealing: SealingOptions, purpose: string) {
    this.#keyv = keyv;
    this.#sealer = new Sealer(sealing);
    this.#purpose = purpose;
  }

  /** The value, or `undefined` for a row that is missing, altered, or sealed for another key. */
  async get(key: readonly string[]): Promise<string | undefined> {
    const sealed = await this.#keyv.get(this.rowOf(key));
    return typeof sealed === 'string' ? this.#sealer.open(sealed, [this.#purpose, ...key]) : undefined;
  }

  /** @throws DfnsError `DFNS_UNAVAILABLE` if the Keyv says that it did not keep the row, e.g. a Redis that is read-only */
  async set(key: readonly string[], value: string, ttlMs: number): Promise<void> {
    const lifetimeMs = Math.max(1, Math.ceil(ttlMs));
    const kept = await this.#keyv.set(this.rowOf(key), this.#sealer.seal(value, [this.#purpose, ...key]), lifetimeMs);
    if (kept === false) throw writeRefused();
  }

  /** Whether a row was deleted. Stores that do not report this return `true`. */
  async delete(key: readonly string[]): Promise<boolean> {
    return this.#keyv.delete(this.rowOf(key));
  }

  /**
   * Removes the row and returns its value. A row that does not open stays: it may be sealed with a key that another
   * replica has. If several `take` of one key run at the same time, at most one gets the
   * value, because only one of them deletes the row. This holds for Redis and every store whose `delete` finds out in
   * one step whether it deleted a row.
   *
   * @throws DfnsError `DFNS_UNAVAILABLE` if the row is still there, e.g. in a Redis that is read-only
   */
  async take(key: readonly string[]): Promise<string | undefined> {
    const value = await this.get(key);
    if (value === undefined || (await this.delete(key))) return value;
    if ((await this.get(key)) === value) throw writeRefused();
    return undefined;
  }

  /** The key under which the Keyv keeps the row. */
  rowOf(key: readonly string[]): string {
    return `${this.#purpose}:${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
  }
}

/** The failure of a Keyv whose rows stay as they were. */
export function writeRefused(): DfnsError {
  return new DfnsError('DFNS_UNAVAILABLE', 'the store did not keep a row: check that it accepts writes');
}
