import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** A new key pair as PEM. */
export interface KeyPair {
  /** PKCS#8, encrypted if there is a passphrase. */
  privateKey: string;
  /** SPKI, the form that Dfns takes (dfns-api 8.4). */
  publicKey: string;
}

/** One document of Dfns wants RSA keys of 2048 bits, another one 3072 (dfns-api 20.15). This is enough for both. */
const RSA_BITS = 3072;

const generate = promisify(generateKeyPair);

/** The kinds of keys that Dfns accepts (dfns-api 8.2), by the value of `--type`. */
const KEY_TYPES: Record<string, { words: string; make: (encodings: object) => Promise<unknown> }> = {
  ed25519: { words: 'Ed25519', make: (encodings) => generate('ed25519', encodings as never) },
  p256: { words: 'P-256', make: (encodings) => generate('ec', { namedCurve: 'P-256', ...encodings } as never) },
  secp256k1: {
    words: 'secp256k1',
    make: (encodings) => generate('ec', { namedCurve: 'secp256k1', ...encodings } as never),
  },
  rsa: {
    words: `RSA, ${RSA_BITS} bits`,
    make: (encodings) => generate('rsa', { modulusLength: RSA_BITS, ...encodings } as never),
  },
};

/** The values of `--type`. */
export const keyTypes: readonly string[] = Object.keys(KEY_TYPES);

/** The name of a type in sentences. */
export const keyTypeWords = (type: string): string => KEY_TYPES[type]?.words ?? type;

/**
 * Makes a key pair.
 *
 * @param type one of {@link keyTypes}
 * @param passphrase encrypts the private key, with AES-256
 */
export async function makeKeyPair(type: string, passphrase?: string): Promise<KeyPair> {
  const pair = await KEY_TYPES[type]?.make({
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...(passphrase && { cipher: 'aes-256-cbc', passphrase }) },
  });
  return pair as KeyPair;
}
