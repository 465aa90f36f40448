import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { User } from '../identities/user-store.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { TokenClaims } from '../tokens/token-issuer.js';

/** The kinds of callers: the identities of dfns-api 4.1, and sessions with a `temporaryAuthenticationToken`. */
export type CallerKind = 'ServiceAccount' | 'CustomerEmployee' | 'EndUser' | 'RegistrationSession' | 'RecoverySession';

/** The user of the bearer token. */
export interface Caller {
  kind: CallerKind;
  user: User;
  token: TokenClaims;
  /** The path of the request, without the query. */
  path: string;
}

/** A request with its caller. The bearer guard sets the caller. */
export interface CallerRequest extends DfnsRequest {
  caller?: Caller;
}

/** Gives the caller to the parameter of a handler. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<CallerRequest>().caller,
);
