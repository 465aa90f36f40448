import { readTokenClaims } from '../config/token-claims.js';

/** What keeps a token from being served to a user, or nothing. A claim that a token does not have is not compared. */
export function userTokenProblem(token: unknown, username: string, orgId: string | undefined): string | undefined {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return 'no token';
  const claims = readTokenClaims(token);
  if (orgId !== undefined && claims?.orgId !== orgId) return 'a token of another organisation';
  if (claims?.username !== undefined && claims.username !== username) return 'a token of another user';
  return undefined;
}
