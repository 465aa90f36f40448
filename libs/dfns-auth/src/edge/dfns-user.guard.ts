import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { DfnsIdentity } from './dfns-identity.js';
import { keepPrincipal, keptPrincipal, requestOf } from './dfns-principal.js';

/**
 * Lets in whom the `identity` option names, over HTTP (Express, Fastify) and GraphQL, and makes `@DfnsUsername()` and
 * `@DfnsToken()` work. Run it after the guard of your own login. For a named registration:
 *
 * ```ts
 * class EuUserGuard extends DfnsUserGuard {
 *   constructor(@InjectDfnsIdentity('eu') identity: DfnsIdentity) { super(identity); }
 * }
 * ```
 */
@Injectable()
export class DfnsUserGuard implements CanActivate {
  readonly #identity: DfnsIdentity;

  constructor(identity: DfnsIdentity) {
    this.#identity = identity;
  }

  /** @throws UnauthorizedException when `identity` names nobody, throws, or names two users for one request */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { registration } = this.#identity;
    const request = requestOf(context);
    const principal = request && (await this.#identity.principal(context));
    if (!principal) throw new UnauthorizedException();
    const kept = keptPrincipal(request, registration);
    if (!kept) keepPrincipal(request, principal, registration);
    else if (kept.username !== principal.username) throw new UnauthorizedException();
    return true;
  }
}
