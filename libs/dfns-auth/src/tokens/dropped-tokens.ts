import { createHash } from 'node:crypto';

/**
 * Largest number of tokens that are remembered, about 8 MB. A login takes three requests, of which Dfns accepts 1000 a
 * minute (dfns-api 6.1). So an organisation gets at most 20,000 tokens in the hour that a token lives.
 */
const MAX_TOKENS = 50_000;

/**
 * The tokens that are never served again: Dfns refused them, or the application forgot them. Only hashes are kept. No
 * clock decides how long: the oldest hash goes when there are more than {@link MAX_TOKENS}, and its token ended before.
 */
export class DroppedTokens {
  /** In the order in which they were dropped. */
  readonly #hashes = new Set<string>();

  /** Remembers a token. Returns whether it was not known yet. */
  add(token: string): boolean {
    const hash = hashOf(token);
    const isNew = !this.#hashes.delete(hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > MAX_TOKENS) this.#hashes.delete(this.#hashes.values().next().value as string);
    return isNew;
  }

  has(token: string): boolean {
    return this.#hashes.size > 0 && this.#hashes.has(hashOf(token));
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
