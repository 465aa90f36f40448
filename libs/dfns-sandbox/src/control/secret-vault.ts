import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IssuedSecrets } from '../tokens/issued-secrets.js';

const MAX_SECRETS = 2_000;
const JWT = String.raw`[\w-]{10,}\.[\w-]{20,}\.[\w-]{20,}`;
const PRIVATE_KEY = String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\\\w\s+/=]+-----END [A-Z ]*PRIVATE KEY-----`;
const SECRET = new RegExp(`${JWT}|${PRIVATE_KEY}`, 'g');

/**
 * Shortens the secrets in all that the console shows, and gives a full one when somebody asks for it. A shortened
 * secret reads `⟦eyJh…x7Kq|digest⟧`.
 */
@Injectable()
export class SecretVault {
  /** Full secrets by their digests. The one that was shown last is the last. */
  readonly #shown = new Map<string, string>();
  /** Secrets that do not look like a token or a private key. */
  readonly #plain = new Set<string>();
  #seen = 0;

  constructor(private readonly issued: IssuedSecrets) {}

  /** Shortens all secrets in the members of a value that is going to be JSON. */
  conceal<T>(value: T): T {
    this.#learn();
    return JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'string' ? this.#concealText(part) : part));
  }

  /** Shortens one secret, whatever it looks like. */
  concealSecret(secret: string): string {
    const digest = createHash('sha256').update(secret).digest('hex').slice(0, 16);
    this.#shown.delete(digest);
    this.#shown.set(digest, secret);
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= MAX_SECRETS) break;
      this.#shown.delete(oldest);
    }
    return `⟦${shortened(secret)}|${digest}⟧`;
  }

  /** The full secret, if it was shown lately. */
  reveal(digest: string): string | undefined {
    return this.#shown.get(digest);
  }

  #concealText(text: string): string {
    let concealed = text.replace(SECRET, (secret) => this.concealSecret(secret.replace(/\\+n/g, '\n')));
    for (const secret of this.#plain) {
      if (concealed.includes(secret)) concealed = concealed.replaceAll(secret, this.concealSecret(secret));
    }
    return concealed;
  }

  #learn(): void {
    const { all } = this.issued;
    for (; this.#seen < all.length; this.#seen += 1) {
      const secret = all[this.#seen] ?? '';
      if (secret && !new RegExp(SECRET.source).test(secret)) this.#plain.add(secret);
    }
  }
}

function shortened(secret: string): string {
  if (secret.startsWith('-----')) return 'private key';
  return secret.length < 16 ? '…' : `${secret.slice(0, 4)}…${secret.slice(-4)}`;
}
