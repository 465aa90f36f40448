const MAX_LENGTH = 300;
const REDACTED = '[redacted]';
/** Whatever looks like a token, whether we know it or not: no id, sentence or permission of Dfns is as long. */
const TOKEN_LIKE = /[\w+/=-]{40,}|eyJ[\w.+/=-]+|-----BEGIN [\s\S]*/g;
/** Line breaks, escape sequences and marks that show nothing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Letters and digits in a row that betray a secret which was cut up. */
const PIECE = 16;

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

  /** The text without secrets and unprintable characters, at most 300 characters of it. */
  scrub(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) {
      for (const form of [secret, ...encodings(secret)]) clean = clean.replaceAll(form, REDACTED);
    }
    clean = clean.replace(TOKEN_LIKE, REDACTED).replace(UNPRINTABLE, ' ');
    if (clean.length > MAX_LENGTH) clean = `${clean.slice(0, MAX_LENGTH)}…`;
    return this.#hasPieces(clean) ? REDACTED : clean;
  }

  /** Whether a secret still shows when everything but letters and digits is left out: cut up, escaped, spelt out. */
  #hasPieces(text: string): boolean {
    const seen = lettersAndDigits(text.replaceAll(REDACTED, ''));
    return [...this.#secrets].map(lettersAndDigits).some((secret) => {
      const length = Math.min(PIECE, secret.length);
      for (let at = 0; at + length <= seen.length; at += 1) {
        if (secret.includes(seen.slice(at, at + length))) return true;
      }
      return false;
    });
  }
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  return [encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64, bytes.toString('base64url')];
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '');
}
