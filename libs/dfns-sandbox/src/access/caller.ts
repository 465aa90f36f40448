import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { PersonalAccessToken } from '../identities/personal-access-token.js';
import { operationsOf } from '../identities/role.js';
import type { User } from '../identities/user-store.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { TokenClaims, TokenKind } from '../tokens/token-issuer.js';

/** The kinds of callers: the identities of dfns-api 4.1, and sessions with a `temporaryAuthenticationToken`. */
export type CallerKind = 'ServiceAccount' | 'CustomerEmployee' | 'EndUser' | 'RegistrationSession' | 'RecoverySession';

/** The user of the bearer token. */
export interface Caller {
  /** With a personal access token it is the kind of its user. */
  kind: CallerKind;
  /** With a personal access token it is the user as {@link actingWith} describes: a copy, which must not be changed. */
  user: User;
  token: TokenClaims;
  /** The path of the request, without the query. */
  path: string;
}

/** The user as the token may act: it signs with its own key, and may do what both the token and the user may do. */
export function actingWith(token: PersonalAccessToken, user: User): User {
  const own = operationsOf(token);
  const permissions = token.isLimited ? user.permissions.filter((name) => own.includes(name)) : user.permissions;
  return { ...user, permissions, credentials: [token.credential], actingToken: token.tokenId };
}

export const tokenKindOf = ({ token }: Caller): TokenKind => token['https://custom/app_metadata'].tokenKind;

/** A request with its caller. The bearer guard sets the caller. */
export interface CallerRequest extends DfnsRequest {
  caller?: Caller;
}

/** Gives the caller to the parameter of a handler. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<CallerRequest>().caller,
);
