/** Bytes of base64url text, with or without padding (spec 16, row 19). @throws Error for any other text */
export function decodeBase64url(text: string): Buffer {
  if (!/^[\w-]+={0,2}$/.test(text)) throw new Error('not base64url');
  return Buffer.from(text, 'base64url');
}

export const encodeBase64url = (text: string) => Buffer.from(text).toString('base64url');
