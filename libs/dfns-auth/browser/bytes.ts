/** The bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const base64 = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));

export const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** Decodes base64url, with or without padding. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));

export const hex = (bytes: ArrayBuffer | Uint8Array): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A public key in SPKI as PEM. */
export function pem(spki: ArrayBuffer): string {
  const lines = base64(spki).replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
}

/** An ECDSA signature as ASN.1 DER. WebCrypto gives the numbers r and s, one after the other. */
export function der(signature: ArrayBuffer): Uint8Array {
  const half = signature.byteLength / 2;
  const body = [...derInteger(signature.slice(0, half)), ...derInteger(signature.slice(half))];
  return Uint8Array.of(0x30, body.length, ...body);
}

/** A positive number: without leading zeros, and with one zero if the first bit is set. */
function derInteger(number: ArrayBuffer): number[] {
  const digits = [...new Uint8Array(number)];
  while (digits[0] === 0) digits.shift();
  if ((digits[0] ?? 0x80) >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}
