import { isDeepStrictEqual } from 'node:util';

/** An empty object and no body are equal (dfns-api 21.18). */
const withoutParameters = (body: string) => (body === '{}' ? '' : body);

/** Whether two texts of a body are the same, byte by byte. */
export function isSameText(signed: string, sent: string): boolean {
  return withoutParameters(signed) === withoutParameters(sent);
}

/**
 * Whether two texts of a body are the same JSON value. Escapes, white space and the order of members do not count
 * (dfns-api 7.5). Texts that are not JSON must be the same text.
 */
export function isSameValue(signed: string, sent: string): boolean {
  if (isSameText(signed, sent)) return true;
  try {
    return isDeepStrictEqual(JSON.parse(signed || '{}'), JSON.parse(sent || '{}'));
  } catch {
    // No JSON, or nested so deep that it cannot be compared.
    return false;
  }
}
