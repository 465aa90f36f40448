import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { DFNS_IDENTITY, DfnsIdentity } from './dfns-identity.js';
import { keepPrincipal, keptPrincipal, operationOf } from './dfns-principal.js';

/**
 * Admits requests for which the `identity` option names a user, over HTTP (Express, Fastify) and GraphQL.
 * `@DfnsUsername()` and `@DfnsToken()` need this guard. Run it after the guard of your own login. For a named instance:
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

  /** @throws UnauthorizedException if `identity` names nobody, throws, or names two users for one operation */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { instance } = this.#identity;
    const operation = operationOf(context);
    const principal = operation && (await this.#identity.principal(context));
    if (!principal) throw new UnauthorizedException();
    const kept = keptPrincipal(operation, instance);
    if (!kept) keepPrincipal(operation, principal, instance);
    else if (kept.username !== principal.username) throw new UnauthorizedException();
    return true;
  }
}
