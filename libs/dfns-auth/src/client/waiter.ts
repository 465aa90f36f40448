import type { DfnsError } from '../errors/dfns.error.js';
import type { CallScope } from './call-scope.js';

/** A request that waits for its turn. */
export class Waiter {
  /** Settles with {@link admit} or {@link refuse}. */
  readonly turn: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: DfnsError) => void;
  #isAdmitted = false;

  constructor(readonly scope: CallScope) {
    this.turn = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether it holds a place, even where its call ended before it could use it. */
  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  admit(): void {
    this.#isAdmitted = true;
    this.#resolve();
  }

  refuse(error: DfnsError): void {
    this.#reject(error);
  }
}
