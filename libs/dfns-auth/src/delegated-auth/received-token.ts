import { DfnsError } from '../errors/dfns.error.js';
import { userTokenProblem } from '../tokens/user-token.js';
import type { AnswerMembers } from './answer-members.js';

/**
 * A token in an answer, once it is sure that it is of the organisation and the user that were asked about (spec 4.3).
 *
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE`
 */
export function receivedToken(
  answer: AnswerMembers,
  member: 'token' | 'temporaryAuthenticationToken',
  username: string,
  orgId: string | undefined,
): string {
  const token = answer.text(member);
  const problem = userTokenProblem(token, username, orgId);
  if (problem === undefined) return token;
  const { operation } = answer;
  throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} holds ${problem}`, { operation });
}
