import { fromBase64url } from './encoding.js';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * Verifies a signature in this browser.
 *
 * @param publicKey of the credential, as Dfns keeps it: PEM for a key, COSE in base64url for a passkey
 */
export async function verify({ kind, credentialAssertion }, publicKey) {
  const { clientData, authenticatorData = '', signature } = credentialAssertion;
  const signed = fromBase64url(clientData);
  const key = await (kind === 'Fido2' ? passkey(publicKey) : pemKey(publicKey));
  // A passkey signs its own data and a hash of the client data (WebAuthn, section 7.2).
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', signed));
  const data = kind === 'Fido2' ? Uint8Array.of(...fromBase64url(authenticatorData), ...hash) : signed;
  return crypto.subtle.verify(SIGNATURE, key, numbers(fromBase64url(signature)), data);
}

/** A key of the curve P-256 in COSE: a map of 10 bytes, the number x, three bytes, the number y. */
function passkey(cose) {
  const bytes = fromBase64url(cose);
  const point = Uint8Array.of(4, ...bytes.slice(10, 42), ...bytes.slice(45, 77));
  return crypto.subtle.importKey('raw', point, KEY, false, ['verify']);
}

function pemKey(pem) {
  const spki = fromBase64url(pem.replaceAll(/-----[^-]+-----|\s/g, ''));
  return crypto.subtle.importKey('spki', spki, KEY, false, ['verify']);
}

/** The two numbers of a signature in DER, each in 32 bytes, as WebCrypto wants them. */
function numbers(der) {
  const result = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const digits = der.slice(at + 2, at + 2 + der[at + 1]).slice(-32);
    result.set(digits, end - digits.length);
    at += 2 + der[at + 1];
  }
  return result;
}
