interface Begun {
  at: number;
  left: number;
}

/** The attempts of calls that have begun and not ended, and how many requests they still send. */
export class BegunAttempts {
  readonly #begun = new Map<object, Begun>();
  #left = 0;

  /** Requests that the begun attempts still send. */
  get requestsLeft(): number {
    return this.#left;
  }

  /** The first request of an attempt is sent, which sends `requests` requests in all. */
  begin(attempt: object, requests: number): void {
    this.#begun.set(attempt, { at: performance.now(), left: requests - 1 });
    this.#left += requests - 1;
  }

  /** Another request of an attempt is sent. */
  goOn(attempt: object): void {
    const begun = this.#begun.get(attempt);
    if (!begun || begun.left === 0) return;
    begun.left -= 1;
    this.#left -= 1;
  }

  /** An attempt ended. The result says how long it took, and whether it sent all its requests. */
  end(attempt: object): { ms: number; isWhole: boolean } | undefined {
    const begun = this.#begun.get(attempt);
    if (!begun) return undefined;
    this.#begun.delete(attempt);
    this.#left -= begun.left;
    return { ms: performance.now() - begun.at, isWhole: begun.left === 0 };
  }
}
