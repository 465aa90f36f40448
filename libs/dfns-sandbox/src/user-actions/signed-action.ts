import { isDeepStrictEqual } from 'node:util';

/** The request that the user signs (dfns-api 7.2). */
export interface UserAction {
  method: string;
  /** The path, with or without the query. */
  path: string;
  /** The exact text of the body. */
  payload: string;
}

/**
 * Whether `request` is the request that the user signed.
 * @param strict compares the bodies byte by byte, and not as JSON values (dfns-api 7.5)
 */
export function matches(signed: UserAction, request: UserAction, strict: boolean): boolean {
  const paths = [request.path, request.path.split('?')[0]];
  const isSame = strict ? isSameText : isSameValue;
  return signed.method === request.method && paths.includes(signed.path) && isSame(signed.payload, request.payload);
}

/** An empty object and no body are equal (dfns-api 21.18). */
const withoutParameters = (payload: string) => (payload === '{}' ? '' : payload);

function isSameText(signed: string, sent: string): boolean {
  return withoutParameters(signed) === withoutParameters(sent);
}

/** Escapes, white space and the order of members do not count. Texts that are not JSON must be the same text. */
function isSameValue(signed: string, sent: string): boolean {
  if (isSameText(signed, sent)) return true;
  try {
    return isDeepStrictEqual(JSON.parse(signed || '{}'), JSON.parse(sent || '{}'));
  } catch {
    // No JSON, or nested so deep that it cannot be compared.
    return false;
  }
}
