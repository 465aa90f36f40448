import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { User } from '../identities/user-store.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import type { TokenClaims } from '../tokens/token-issuer.js';

/** Who may call an endpoint: an identity of spec 4.1, or the holder of a `temporaryAuthenticationToken`. */
export type CallerKind = 'ServiceAccount' | 'CustomerEmployee' | 'EndUser' | 'RegistrationSession' | 'RecoverySession';

/** Whose bearer it was. */
export interface Caller {
  kind: CallerKind;
  user: User;
  token: TokenClaims;
}

/** A request whose caller the bearer guard looked for. */
export interface CallerRequest extends DfnsRequest {
  caller?: Caller;
}

/** The caller that the bearer guard found. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<CallerRequest>().caller,
);
