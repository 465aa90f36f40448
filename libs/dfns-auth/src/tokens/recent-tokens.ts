import type { LiveToken } from './token-lifetime.js';

/** Tokens by username, at most `max`. If there are more, the token that was not read for the longest time goes. */
export class RecentTokens {
  readonly #max: number;
  /** The token that was read last is at the end. */
  readonly #tokens = new Map<string, LiveToken>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Reads a token, which is then the last to go. */
  get(username: string): LiveToken | undefined {
    const live = this.#tokens.get(username);
    if (live) this.set(username, live);
    return live;
  }

  /** Looks at a token, which changes nothing. */
  peek(username: string): LiveToken | undefined {
    return this.#tokens.get(username);
  }

  set(username: string, live: LiveToken): void {
    this.#tokens.delete(username);
    this.#tokens.set(username, live);
    if (this.#tokens.size <= this.#max) return;
    const [oldest] = this.#tokens.keys();
    if (oldest !== undefined) this.#tokens.delete(oldest);
  }

  delete(username: string): void {
    this.#tokens.delete(username);
  }
}
