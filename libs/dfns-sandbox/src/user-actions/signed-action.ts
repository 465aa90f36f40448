import { isDeepStrictEqual } from 'node:util';
import { check, type SignedRequest } from '../journal/call-record.js';

/** The request that the user signs (dfns-api 7.2). The path is with or without the query. */
export type UserAction = SignedRequest;

/**
 * Whether `request` is the request that the user signed. It writes three verdicts: method, path and body.
 * @param strict compares the bodies byte by byte, and not as JSON values
 */
export function matches(signed: UserAction, { method, path, payload }: UserAction, strict: boolean): boolean {
  const isMethod = signed.method === method;
  const isPath = [path, path.split('?')[0]].includes(signed.path);
  check('signed method', isMethod, isMethod ? undefined : `signed ${signed.method}, sent ${method}`);
  check('signed path', isPath, isPath ? undefined : `signed ${signed.path}, sent ${path}`);
  return matchesBody(signed.payload, payload, strict) && isMethod && isPath;
}

function matchesBody(signed: string, sent: string, strict: boolean): boolean {
  const isText = withoutParameters(signed) === withoutParameters(sent);
  const isValue = isText || (!strict && isSameJson(signed, sent));
  const difference = strict ? 'The texts differ.' : 'The JSON values differ.';
  const why = isValue
    ? 'The texts differ, the JSON values are equal. The option strict would refuse this.'
    : difference;
  check('signed body', isValue, isText ? undefined : why);
  return isValue;
}

/** An empty object and no body are equal (dfns-api 21.18). */
const withoutParameters = (payload: string) => (payload === '{}' ? '' : payload);

/** Whether two bodies are the same JSON value, with the members of objects in any order (dfns-api 7.5). */
function isSameJson(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one || '{}'), JSON.parse(other || '{}'));
  } catch {
    return false;
  }
}
