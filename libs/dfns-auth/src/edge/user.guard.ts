import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { DFNS_IDENTITY, DfnsIdentity } from './dfns-identity.js';
import { keepPrincipal, keptPrincipal, principalOf, requestOf } from './dfns-principal.js';

/**
 * Lets in whom the `identity` option names, over HTTP (Express, Fastify) and GraphQL, and makes `@DfnsUsername()` and
 * `@DfnsToken()` work. Run it after the guard of your own login. For a named instance:
 *
 * ```ts
 * class EuUserGuard extends DfnsUserGuard {
 *   constructor(@InjectDfns(DfnsIdentity, 'eu') identity: DfnsIdentity) { super(identity); }
 * }
 * ```
 */
@Injectable()
export class DfnsUserGuard implements CanActivate {
  readonly #identity: DfnsIdentity;

  constructor(@Inject(DFNS_IDENTITY) identity: DfnsIdentity) {
    this.#identity = identity;
  }

  /** @throws UnauthorizedException when `identity` names nobody, throws, or names two users for one request */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { instance } = this.#identity;
    const request = requestOf(context);
    const principal = request && (await this.#identity.principal(context));
    if (!principal) throw new UnauthorizedException();
    const kept = keptPrincipal(request, instance);
    if (!kept) keepPrincipal(request, principal, instance);
    else if (kept.username !== principal.username) throw new UnauthorizedException();
    return true;
  }
}

// The types of the decorators are written out, because those that Nest 12 infers name what Nest 11 does not have.

/**
 * The Dfns username of whoever is asking; needs {@link DfnsUserGuard}.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard
 */
export const DfnsUsername: (instance?: string) => ParameterDecorator = createParamDecorator(
  (instance: string | undefined, context: ExecutionContext): string => principalOf(context, instance).username,
);

/**
 * A user token of whoever is asking, by `DelegatedAuthService.getToken`, at most once a request; needs
 * {@link DfnsUserGuard}. For other clients: `DfnsClient` takes `caller: { username }`. Keep the token on the server.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard, and those of `getToken`
 */
export const DfnsToken: (instance?: string) => ParameterDecorator = createParamDecorator(
  (instance: string | undefined, context: ExecutionContext): Promise<string> => principalOf(context, instance).token(),
);
