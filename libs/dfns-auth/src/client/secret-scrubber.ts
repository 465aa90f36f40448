const MAX_LENGTH = 300;
const REDACTED = '[redacted]';
/** Whatever looks like a token, whether we know it or not: no id, sentence or permission of Dfns is as long. */
const TOKEN_LIKE = /[\w+/=-]{40,}|eyJ[\w.+/=-]+|-----BEGIN [\s\S]*/g;

/**
 * Takes secrets out of text that Dfns, or something between, has written. It knows the secrets of the running call,
 * those minted a moment ago included, and takes out everything token-like beside.
 */
export class SecretScrubber {
  readonly #secrets = new Set<string>();

  /** Remembers a secret of the running call. */
  add(secret: string | undefined): void {
    if (secret) this.#secrets.add(secret);
  }

  /** The text without secrets and control characters, at most 300 characters of it. */
  scrub(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, REDACTED);
    clean = clean.replace(TOKEN_LIKE, REDACTED).replace(/\p{Cc}+/gu, ' ');
    return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
  }
}
