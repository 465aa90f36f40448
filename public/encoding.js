/** Bytes of a text. */
export const utf8 = (text) => new TextEncoder().encode(text);

export const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

export const base64url = (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

export const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A public key (SPKI) as PEM. */
export function pem(spki) {
  const lines = base64(spki).match(/.{1,64}/g);
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

/** An ECDSA signature in ASN.1 DER, from r and s one after the other. */
export function der(signature) {
  const bytes = [...new Uint8Array(signature)];
  const half = bytes.length / 2;
  const body = [...derInteger(bytes.slice(0, half)), ...derInteger(bytes.slice(half))];
  return Uint8Array.of(0x30, body.length, ...body);
}

function derInteger(bytes) {
  const digits = bytes.slice(bytes.findIndex((byte) => byte !== 0));
  if (digits[0] >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}
