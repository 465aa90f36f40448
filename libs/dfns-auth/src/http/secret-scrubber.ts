const MAX_LENGTH = 300;
const REDACTED = '[redacted]';
/** Text that looks like a token, known or not. No id, word or permission of Dfns is that long. */
const TOKEN_LIKE = /[\w+/=-]{40,}|eyJ[\w.+/=-]+|-----BEGIN [\s\S]*/g;
/** Line breaks, escape sequences and invisible characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Letters and digits in a row that count as a piece of a secret. */
const PIECE = 16;

/**
 * Removes secrets from text that Dfns, or a server between, has written. It knows the secrets of the running call, also
 * those that Dfns has just issued, and it also removes all text that looks like a token.
 */
export class SecretScrubber {
  readonly #secrets = new Set<string>();

  /** Remembers a secret of the running call. */
  add(secret: string | undefined): void {
    if (secret) this.#secrets.add(secret);
  }

  /** The text without secrets and unprintable characters, cut to 300 characters. */
  scrub(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) {
      for (const form of [secret, ...encodings(secret)]) clean = clean.replaceAll(form, REDACTED);
    }
    clean = clean.replace(TOKEN_LIKE, REDACTED).replace(UNPRINTABLE, ' ');
    if (clean.length > MAX_LENGTH) clean = `${clean.slice(0, MAX_LENGTH)}…`;
    return this.#hasPieces(clean) ? REDACTED : clean;
  }

  /** Whether a piece of a secret remains when only letters and digits are compared: the secret was split or escaped. */
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
