import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { DfnsError } from '../errors/dfns-error.js';

/** A key for sealing. Make one with `openssl rand -base64 32`. */
export interface SealingKey {
  /** Written into each sealed text: 1 to 64 letters, digits, `-` or `_`. Never give the id of a key to another key. */
  id: string;
  /** 32 bytes, or their base64 text. */
  key: string | Uint8Array;
}

/**
 * Keys for sealing. The first seals, all of them open. A replica must never meet a row of a key that it does not know, so
 * keys rotate in two phases. Finish each step on all replicas before the next one begins:
 *
 * 1. Add the new key as the second one: `[old, new]`. Now all replicas open its rows.
 * 2. Put the new key first: `[new, old]`. Now it seals.
 * 3. When the rows of the old key have expired, remove it: `[new]`. Ceremonies live for `ceremonies.lifetimeMs`, and
 *    tokens as long as Dfns says, at most a day.
 */
export interface SealingOptions {
  keys: SealingKey[];
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[\w-]{1,64}$/;

/**
 * Seals text with AES-256-GCM, so that it can be kept where others read and write. A sealed text opens only with one of
 * the keys, if it is unchanged, and for the context for which it was sealed. So a row that was copied to another user
 * does not open.
 *
 * The result is `<key id>.<base64url of nonce, ciphertext and tag>`.
 */
export class Sealer {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #sealingId: string;

  /** @throws DfnsError `DFNS_CONFIGURATION`; the message says what is wrong with which key, and never holds the key */
  constructor({ keys }: SealingOptions) {
    const [first] = Array.isArray(keys) ? keys : [];
    if (first === undefined) throw unusable('are missing: give at least one { id, key }');
    this.#keys = new Map(keys.map((key) => [key.id, secretKey(key)]));
    if (this.#keys.size < keys.length) throw unusable('share an id: give each key its own');
    this.#sealingId = first.id;
  }

  /** @param context what the text belongs to, such as purpose, organisation and user; one item each, not joined */
  seal(text: string, context: readonly string[]): string {
    const id = this.#sealingId;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#keys.get(id) as KeyObject, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(id, context));
    const bytes = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `${id}.${Buffer.concat(bytes).toString('base64url')}`;
  }

  /** The text, or `undefined` if it was not sealed by one of the keys for exactly this context. */
  open(sealed: string, context: readonly string[]): string | undefined {
    const [id = '', encoded = '', ...rest] = sealed.split('.');
    const key = this.#keys.get(id);
    const bytes = Buffer.from(encoded, 'base64url');
    // Several texts decode to the same bytes. Only the text that `seal` wrote is accepted.
    const isWhole = rest.length === 0 && bytes.toString('base64url') === encoded;
    if (!key || !isWhole || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(id, context)).setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }
}

/** JSON separates the parts, whatever characters they contain, also lone surrogates. */
function associatedData(keyId: string, context: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([keyId, ...context]));
}

function secretKey({ id, key }: SealingKey): KeyObject {
  if (typeof id !== 'string' || !KEY_ID.test(id)) {
    throw unusable('have an id that cannot be written: use 1 to 64 letters, digits, - or _');
  }
  const bytes = typeof key === 'string' ? decoded(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES) {
    throw unusable(`are wrong: ${id} is not ${KEY_BYTES} bytes; make one with "openssl rand -base64 32"`);
  }
  return createSecretKey(bytes);
}

function decoded(text: string): Buffer | undefined {
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function unusable(problem: string): DfnsError {
  return new DfnsError('DFNS_CONFIGURATION', `the keys for sealing ${problem}`);
}
