import { readTokenClaims } from '../credentials/token-claims.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { AnswerReader } from '../http/answer-reader.js';

/** Text that a header can hold. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Why a token must not be served to a user, or `undefined`. A username is compared only if the token has one. */
export function userTokenProblem(token: unknown, username: string, orgId: string | undefined): string | undefined {
  if (typeof token !== 'string' || !TOKEN.test(token)) return 'no token';
  const claims = readTokenClaims(token);
  if (orgId !== undefined && claims?.orgId !== orgId) return 'a token of another organisation';
  if (claims?.username !== undefined && claims.username !== username) return 'a token of another user';
  return undefined;
}

/**
 * Reads a token in an answer, and checks that it is of the organisation and the user of the request
 * (dfns-api 4.4, 4.5).
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function receivedToken(
  answer: AnswerReader,
  member: 'token' | 'temporaryAuthenticationToken',
  username: string,
  orgId: string | undefined,
): string {
  const token = answer.textLike(member, TOKEN, 'token');
  const problem = userTokenProblem(token, username, orgId);
  if (problem === undefined) return token;
  const { operation } = answer;
  throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} holds ${problem}`, { operation });
}
