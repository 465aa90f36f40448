import { createHash } from 'node:crypto';
import { Sealer, type SealingOptions } from './sealer.js';

/** What is used of a Keyv 5 instance. Any Keyv fits; this package loads none itself. */
export interface KeyvLike {
  /** The adapter below, e.g. a `KeyvRedis`. */
  readonly store?: unknown;
  get(key: string): Promise<unknown>;
  set(key: string, value: string, ttlMs?: number): Promise<boolean>;
  delete(key: string): Promise<boolean>;
}

/**
 * Sealed rows in a Keyv. A row is found and opened by all parts of its key, and neither names nor values can be read in
 * the store: the key is hashed, the value sealed for purpose and key.
 */
export class SealedKeyv {
  readonly #keyv: KeyvLike;
  readonly #sealer: Sealer;
  readonly #purpose: string;

  /**
   * @param purpose keeps rows of different kinds apart, e.g. `token`; readable in the store
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

  async set(key: readonly string[], value: string, ttlMs: number): Promise<void> {
    const lifetimeMs = Math.max(1, Math.ceil(ttlMs));
    await this.#keyv.set(this.rowOf(key), this.#sealer.seal(value, [this.#purpose, ...key]), lifetimeMs);
  }

  /** Whether there was a row; `true` as well from stores that do not tell. */
  async delete(key: readonly string[]): Promise<boolean> {
    return this.#keyv.delete(this.rowOf(key));
  }

  /**
   * Removes the row and returns its value. Of several takers at the same time at most one gets it, since only one of
   * them deletes the row: so with Redis, and with every store whose `delete` tells whether it deleted.
   */
  async take(key: readonly string[]): Promise<string | undefined> {
    const value = await this.get(key);
    return (await this.delete(key)) ? value : undefined;
  }

  /** The key of a row as it stands in the Keyv. */
  rowOf(key: readonly string[]): string {
    return `${this.#purpose}:${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
  }
}
