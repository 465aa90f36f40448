import { randomUUID } from 'node:crypto';
import type { ReleaseLock } from '../config/stores.js';
import type { GuardedStore } from './guarded-store.js';

/** Longest time in milliseconds that a replica has the lock. */
export const LOCK_MS = 5_000;
/** Milliseconds between two signs of life of the replica that has the lock. Most logins end before the first one. */
const SIGN_EVERY_MS = 250;

/**
 * The lock to log a user in. The replica that has it writes signs of life to the store, so that the others do not wait
 * for a replica that stopped.
 */
export class LoginLock {
  readonly #store: GuardedStore;

  constructor(store: GuardedStore) {
    this.#store = store;
  }

  /**
   * Takes the lock. Resolves to `undefined` while another replica has it.
   *
   * @throws if the store fails or does not answer in time; a lock that arrives later is released
   */
  async take(username: string): Promise<ReleaseLock | undefined> {
    const release = await this.#store.ask(
      async (store) => (store.lock ? store.lock(this.#store.keyOf(username), LOCK_MS) : async () => {}),
      (late) => void late?.().catch(() => {}),
    );
    return release && this.#withSigns(username, release);
  }

  /** Watches the replica that has the lock. */
  watch(username: string): HolderWatch {
    const key = this.#signOf(username);
    return new HolderWatch(() => this.#store.ask((store) => store.get(key)).catch(() => undefined));
  }

  #withSigns(username: string, release: ReleaseLock): ReleaseLock {
    const key = this.#signOf(username);
    let isWritten = false;
    const signs = setInterval(() => {
      isWritten = true;
      void this.#store.try((store) => store.set(key, randomUUID(), LOCK_MS));
    }, SIGN_EVERY_MS);
    return async () => {
      clearInterval(signs);
      await this.#store.try(release);
      if (isWritten) await this.#store.try((store) => store.delete(key));
    };
  }

  #signOf(username: string): string {
    return this.#store.keyOf(username, 'sign of life');
  }
}

/** Finds out whether the replica that has the lock stopped: then its sign of life does not change. */
export class HolderWatch {
  readonly #readSign: () => Promise<string | undefined>;
  #since = 0;
  #sign: string | undefined;

  constructor(readSign: () => Promise<string | undefined>) {
    this.#readSign = readSign;
  }

  /**
   * Milliseconds until the holder is taken for dead, if it gives no new sign.
   *
   * @param patienceMs how long the holder may go without a new sign
   */
  async remainingMs(patienceMs: number): Promise<number> {
    const isFirst = this.#since === 0;
    const now = performance.now();
    if (!isFirst && now < this.#since + patienceMs) return this.#since + patienceMs - now;
    const sign = await this.#readSign();
    if (!isFirst && (sign === undefined || sign === this.#sign)) return 0;
    this.#sign = sign;
    this.#since = now;
    return patienceMs;
  }
}
