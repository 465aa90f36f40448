import { randomUUID } from 'node:crypto';
import type { ReleaseLock } from '../config/stores.js';
import type { GuardedStore } from './guarded-store.js';

/** Longest time in milliseconds that a replica has the lock. */
export const LOCK_MS = 5_000;
/** Milliseconds between two signs of life of the replica that has the lock. Most logins end before the first one. */
const SIGN_EVERY_MS = 250;

/** Milliseconds between two looks at the store while waiting for one user. */
const POLL_MS = 50;
/** Most looks in a second, for all users together: a burst of cold users is not slowed down by those who wait. */
const LOOKS_PER_SECOND = 500;

/**
 * The lock to log a user in. The replica that has it writes signs of life to the store, so that the others do not wait
 * for a replica that stopped.
 */
export class LoginLock {
  readonly #store: GuardedStore;
  #watches = 0;

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

  /** Watches the replica that has the lock, while `wait` runs. */
  async watching<T>(username: string, wait: (holder: HolderWatch) => Promise<T>): Promise<T> {
    const key = this.#signOf(username);
    const readSign = () => this.#store.ask((store) => store.get(key)).catch(() => undefined);
    const pollMs = () => Math.max(POLL_MS, (this.#watches * 1_000) / LOOKS_PER_SECOND);
    this.#watches += 1;
    try {
      return await wait(new HolderWatch(readSign, pollMs));
    } finally {
      this.#watches -= 1;
    }
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

/**
 * Finds out whether the replica that has the lock stopped: then its sign of life does not change. Only the planned
 * pauses between two looks at the store count. So a process that is short of time itself takes no other one for dead.
 */
export class HolderWatch {
  readonly #readSign: () => Promise<string | undefined>;
  readonly #pollMs: () => number;
  #sign: string | undefined;
  /** Milliseconds since the last new sign; `undefined` before the first look. */
  #waitedMs: number | undefined;

  constructor(readSign: () => Promise<string | undefined>, pollMs: () => number) {
    this.#readSign = readSign;
    this.#pollMs = pollMs;
  }

  /**
   * Milliseconds until the next look at the store; `undefined` if the holder is taken for dead.
   *
   * @param patienceMs how long the holder may go without a new sign
   */
  async nextPauseMs(patienceMs: number): Promise<number | undefined> {
    if (this.#waitedMs === undefined || this.#waitedMs >= patienceMs) {
      const sign = await this.#readSign();
      const isNew = sign !== undefined && sign !== this.#sign;
      if (this.#waitedMs !== undefined && !isNew) return undefined;
      this.#sign = sign;
      this.#waitedMs = 0;
    }
    const pauseMs = Math.min(this.#pollMs(), patienceMs - this.#waitedMs);
    this.#waitedMs += pauseMs;
    return pauseMs;
  }
}
