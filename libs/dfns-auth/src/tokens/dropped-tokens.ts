import { createHash } from 'node:crypto';

/**
 * Largest number of tokens that are remembered, about 8 MB. A login takes three requests, of which Dfns accepts 1000 a
 * minute (dfns-api 6.1). So an organisation gets at most 20,000 tokens in the hour that a token lives.
 */
const MAX_HASHES = 50_000;

/**
 * The tokens that are never served again: Dfns refused them, or the application forgot them. Only hashes are kept. No
 * clock decides how long: the oldest hash goes when there are more than {@link MAX_HASHES}, and its token ended before.
 */
export class DroppedTokens {
  readonly #tokens = new Hashes();
  readonly #users = new Hashes();

  /** Remembers a token. Returns whether it was not known yet. */
  add(token: string): boolean {
    return this.#tokens.add(token);
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** Remembers that the user's token in the store is to be dropped, although it could not be read. */
  addUnread(username: string): void {
    this.#users.add(username);
  }

  /** Returns whether {@link addUnread} was called for the user, and ends that. */
  takeUnread(username: string): boolean {
    return this.#users.delete(username);
  }
}

/** A bounded set of hashes, in the order in which they were added. */
class Hashes {
  readonly #hashes = new Set<string>();

  add(text: string): boolean {
    const hash = hashOf(text);
    const isNew = !this.#hashes.delete(hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > MAX_HASHES) this.#hashes.delete(this.#hashes.values().next().value as string);
    return isNew;
  }

  has(text: string): boolean {
    return this.#hashes.has(hashOf(text));
  }

  delete(text: string): boolean {
    return this.#hashes.delete(hashOf(text));
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
