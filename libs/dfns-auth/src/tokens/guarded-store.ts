import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { TokenStore } from '../config/stores.js';
import { CallScope } from '../http/call-scope.js';

/** Milliseconds that one operation of the store may take. */
const STORE_TIMEOUT_MS = 500;
/** Failures in a row after which the store is not used, except for one test every {@link HALF_OPEN_AFTER_MS} ms. */
const BREAK_AFTER = 3;
const HALF_OPEN_AFTER_MS = 1_000;

/**
 * The store of the application, which may fail or hang: each operation has a limit of {@link STORE_TIMEOUT_MS}
 * milliseconds, and after failures the store is left out for a while.
 */
export class GuardedStore<S = TokenStore> {
  readonly #store: S;
  readonly #owner: readonly string[];
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(BREAK_AFTER),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });

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
  ask<T>(operation: (store: S) => Promise<T>, late?: (result: T) => void): Promise<T> {
    return this.#breaker.execute(async () => {
      const answer = operation(this.#store);
      try {
        return await CallScope.run(STORE_TIMEOUT_MS, [], () => answer);
      } catch (error) {
        if (late) answer.then(late, () => {});
        throw error;
      }
    });
  }

  /** Makes one operation, whose failure is ignored. */
  async try(operation: (store: S) => Promise<void>): Promise<void> {
    await this.ask(operation).catch(() => {});
  }
}
