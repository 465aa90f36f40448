import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { principalOf } from './dfns-principal.js';

// The types are written out, because those that Nest 12 infers name what Nest 11 does not have.

/**
 * The Dfns username of whoever is asking; behind {@link DfnsUserGuard}.
 *
 * @param registration name of the registration, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard
 */
export const DfnsUsername: (registration?: string) => ParameterDecorator = createParamDecorator(
  (registration: string | undefined, context: ExecutionContext): string => principalOf(context, registration).username,
);

/**
 * A user token of whoever is asking, by `DelegatedAuthService.getToken`, at most once a request; behind
 * {@link DfnsUserGuard}. Keep it on the server.
 *
 * @param registration name of the registration, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard, and those of `getToken`
 */
export const DfnsToken: (registration?: string) => ParameterDecorator = createParamDecorator(
  (registration: string | undefined, context: ExecutionContext): Promise<string> =>
    principalOf(context, registration).token(),
);
