import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { AnswerReader } from '../http/answer-reader.js';

/** Text that a header can hold. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Why a token must not be served to a user, or `undefined`. The usernames are compared only if both are known; an empty
 * name in a token counts as none.
 */
export function userTokenProblem(
  token: unknown,
  username: string | undefined,
  orgId: string | undefined,
): string | undefined {
  if (typeof token !== 'string' || !TOKEN.test(token)) return 'no token';
  const claims = readTokenClaims(token);
  if (orgId !== undefined && claims?.orgId !== orgId) return 'a token of another organisation';
  if (!claims?.username || username === undefined || claims.username === username) return undefined;
  return isSameName(claims.username, username) ? OTHER_SPELLING : 'a token of another user';
}

const OTHER_SPELLING = 'a token with another spelling of the username: use the username exactly as Dfns writes it';

/** Whether two usernames differ only in letter case and Unicode form. */
function isSameName(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.normalize('NFKC').toLowerCase());
  return a === b;
}

/**
 * Reads a token in an answer, and checks that it is of the organisation and the user of the request
 * (dfns-api 4.4, 4.5).
 *
 * @param effect whether the call has created something at Dfns; then another spelling of the username is accepted, since
 * an error could not undo it
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function receivedToken(
  answer: AnswerReader,
  member: 'token' | 'temporaryAuthenticationToken',
  username: string | undefined,
  orgId: string | undefined,
  effect: 'none' | 'created' = 'none',
): string {
  const token = answer.textLike(member, TOKEN, 'token');
  const problem = userTokenProblem(token, username, orgId);
  if (problem === undefined || (effect === 'created' && problem === OTHER_SPELLING)) return token;
  const { operation } = answer;
  throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} holds ${problem}`, { operation });
}
