/** Bytes of base64url text, with or without padding (spec 16, row 19); nothing for any other text. */
export function decodeBase64url(text: string): Buffer | undefined {
  return /^[\w-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

export const encodeBase64url = (text: string) => Buffer.from(text).toString('base64url');
