import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a random id of the form `<prefix>-xxxxx-xxxxx-xxxxxxxxxxxxxxxx` (dfns-api 4.6). */
export function identifier(prefix: string): string {
  const text = Array.from(randomBytes(26), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${prefix}-${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
}
