import { createPrivateKey, type KeyObject } from 'node:crypto';
import { DfnsError } from '../errors/dfns-error.js';

/** Smallest RSA modulus that is accepted, in bits (dfns-api 20.15). */
const MIN_RSA_BITS = 2048;
const BLOCK = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/;
const CURVES = new Set(['prime256v1', 'secp256k1']);

/**
 * Reads a private key in any format of dfns-api 8.3: PKCS#8, SEC1 or PKCS#1, plain or encrypted with a passphrase.
 * Lines may end with LF, CRLF, or the two characters `\n` as in environment files. An `EC PARAMETERS` block is skipped.
 *
 * @throws DfnsError `DFNS_CONFIGURATION`; the message says what is wrong and how to fix it, and never holds the text
 */
export function readPrivateKey(text: string, passphrase?: string): KeyObject {
  const pem = privateKeyBlock(text);
  const encrypted = pem.includes('ENCRYPTED');
  if (encrypted && !passphrase) {
    throw unusable('is encrypted and no passphrase is given: set the passphrase, or give an unencrypted key');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(encrypted && { passphrase }) });
  } catch {
    throw unusable(
      encrypted
        ? 'does not open with the passphrase given: check the passphrase'
        : 'has the frame of a private key but its content is damaged or truncated: copy the whole file again',
    );
  }
  assertCanSign(key);
  return key;
}

function privateKeyBlock(text: string): string {
  const unescaped = text.replace(/\\r/g, '').replace(/\\n/g, '\n').replace(/\r/g, '');
  const block = BLOCK.exec(unescaped);
  if (block) return `${block[0]}\n`;
  if (unescaped.trim() === '') throw unusable('is empty: give the PEM text of the private key');
  if (/-----BEGIN ([A-Z0-9]+ )*PUBLIC KEY-----|-----BEGIN CERTIFICATE-----/.test(unescaped)) {
    throw unusable('is a public key: give the private key that belongs to it');
  }
  throw unusable('is not PEM: it must begin with "-----BEGIN … PRIVATE KEY-----" and end with its END line');
}

function assertCanSign(key: KeyObject): void {
  const type = key.asymmetricKeyType;
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (type === 'ed25519') return;
  if (type === 'ec' && CURVES.has(namedCurve ?? '')) return;
  if (type === 'rsa' && (modulusLength ?? 0) >= MIN_RSA_BITS) return;
  const found = [type, namedCurve, modulusLength && `${modulusLength} bits`].filter(Boolean).join(' ');
  throw unusable(`is of a kind that is not accepted (${found}): use Ed25519, P-256, secp256k1, or RSA of 2048 bits`);
}

function unusable(problem: string): DfnsError {
  return new DfnsError('DFNS_CONFIGURATION', `the private key ${problem}`);
}
