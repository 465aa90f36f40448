import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** A JWT signed with HS256; which algorithm live tokens use is not documented (spec 4.3). */
export function signJwt(claims: object, key: Buffer): string {
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${mac(text, key).toString('base64url')}`;
}

/** The claims of a token that this key signed, else nothing. */
export function readJwt(token: string, key: Buffer): unknown {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = mac(token.slice(0, Math.max(end, 0)), key);
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

const mac = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest();
