import type { TokenStore } from '../config/stores.js';
import { CallScope } from '../http/call-scope.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is left out, except for one operation every {@link TEST_AFTER_MS} ms. */
const LEFT_OUT_AFTER = 3;
const TEST_AFTER_MS = 1_000;

/**
 * The store of the application, which may fail or hang: each operation has a limit of {@link STORE_TIMEOUT_MS}
 * milliseconds, and after failures the store is left out for a while.
 */
export class GuardedStore<S = TokenStore> {
  readonly #store: S;
  readonly #owner: readonly string[];
  /** Failures in a row. */
  #failures = 0;
  /** When one operation may test a store that is left out, by `performance.now()`. */
  #testAt = 0;

  /** @param owner what keeps the rows of several organisations apart */
  constructor(store: S, owner: readonly string[]) {
    this.#store = store;
    this.#owner = owner;
  }

  /** JSON separates the parts of the key, so rows that differ have keys that differ. */
  keyOf(...row: string[]): string {
    return JSON.stringify([...this.#owner, ...row]);
  }

  /**
   * Makes one operation.
   *
   * @param late gets a result that arrives after the limit
   * @throws if the store fails, does not answer in time, or is left out
   */
  async ask<T>(operation: (store: S) => Promise<T>, late?: (result: T) => void): Promise<T> {
    if (this.#failures >= LEFT_OUT_AFTER) this.#beginTest();
    try {
      const answer = operation(this.#store);
      const result = await CallScope.run(STORE_TIMEOUT_MS, [], () => answer).catch((error: unknown) => {
        if (late) answer.then(late, () => {});
        throw error;
      });
      this.#failures = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      this.#testAt = performance.now() + TEST_AFTER_MS;
      throw error;
    }
  }

  /** Makes one operation, whose failure is ignored. */
  async try(operation: (store: S) => Promise<void>): Promise<void> {
    await this.ask(operation).catch(() => {});
  }

  /** @throws if it is not yet time, or if another operation tests the store now */
  #beginTest(): void {
    const now = performance.now();
    if (now < this.#testAt) throw new Error('the store is left out for a while');
    this.#testAt = now + TEST_AFTER_MS;
  }
}
