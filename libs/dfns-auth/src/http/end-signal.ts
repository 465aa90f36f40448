/** What a wait needs of a signal. An `AbortSignal` is one. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A {@link Signal} inside this package. An `AbortSignal` looks at all its listeners when one is added or removed, and
 * thousands of calls listen for the shutdown of the application. Here the number of listeners does not matter.
 */
export class EndSignal implements Signal {
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Calls every listener, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

const FOLLOWED = new WeakMap<AbortSignal, FollowedSignal>();

/**
 * A {@link Signal} that ends with an `AbortSignal` of the application, which may be given to thousands of calls. All of
 * them share one listener there, while one waits: Node warns about more than ten.
 */
export function followed(signal: AbortSignal): Signal {
  const known = FOLLOWED.get(signal);
  if (known) return known;
  const follower = new FollowedSignal(signal);
  FOLLOWED.set(signal, follower);
  return follower;
}

class FollowedSignal implements Signal {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();
  readonly #end = () => {
    for (const listener of this.#listeners) listener();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get aborted(): boolean {
    return this.#signal.aborted;
  }

  addEventListener(type: 'abort', listener: () => void): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener(type, this.#end);
    this.#listeners.add(listener);
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#signal.removeEventListener(type, this.#end);
  }
}
