/** The clock of the sandbox: the given clock, and the time that somebody added by hand. */
export class SandboxClock {
  readonly #source: () => number;
  readonly #listeners = new Set<() => void>();
  /** It is an object, so that it can be kept with the state. */
  readonly added = { ms: 0 };

  /** @param source milliseconds since the epoch */
  constructor(source: () => number) {
    this.#source = source;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#source() + this.added.ms;

  /** How many milliseconds the clock is ahead of its source. */
  get aheadMs(): number {
    return this.added.ms;
  }

  /** Moves the clock forward. Tokens, challenges and sessions end as if the time had passed. @param ms at least 0 */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('The clock of the sandbox moves forward only.');
    this.added.ms += ms;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after each {@link advance}. */
  whenAdvanced(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Takes back the time that was added. */
  reset(): void {
    this.added.ms = 0;
  }
}
