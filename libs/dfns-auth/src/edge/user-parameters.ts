import {
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  Optional,
  type PipeTransform,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { type DfnsIdentity, identityToken } from './dfns-identity.js';
import { type DfnsPrincipal, guardMissing, operationOf, principalOf } from './dfns-principal.js';
import { DfnsUserGuard } from './user.guard.js';

type Member = (principal: DfnsPrincipal) => string | Promise<string>;

/** The key under which `@UseGuards` keeps the guards of a class or a method. */
const GUARDS = '__guards__';

/**
 * A decorator for a member of the principal. The guard leaves the principal on the operation. If a test has replaced the
 * guard, there is none: then the decorator gives the context to a pipe, which asks `identity`, because only pipes have
 * services. Without the guard, the error says so.
 */
function principalMember(member: Member): (instance?: string) => ParameterDecorator {
  const decorate = createParamDecorator((instance: string | undefined, context: ExecutionContext) => {
    const principal = principalOf(context, instance);
    if (principal) return member(principal);
    if (operationOf(context) && isDeclared(context)) return context;
    throw guardMissing(context);
  });
  return (instance) => decorate(instance, askingIdentity(member, instance));
}

/** Whether the handler has the guard, which a test can replace with `overrideGuard`. */
function isDeclared(context: ExecutionContext): boolean {
  const guards = [context.getHandler(), context.getClass()].flatMap<unknown>(
    (target) => Reflect.getMetadata(GUARDS, target) ?? [],
  );
  return guards.some(
    (guard) => guard === DfnsUserGuard || (typeof guard === 'function' && guard.prototype instanceof DfnsUserGuard),
  );
}

function askingIdentity(member: Member, instance?: string): Type<PipeTransform> {
  @Injectable()
  class AskingIdentity implements PipeTransform<string | ExecutionContext> {
    readonly #identity: DfnsIdentity | undefined;

    constructor(@Optional() @Inject(identityToken(instance)) identity?: DfnsIdentity) {
      this.#identity = identity;
    }

    async transform(value: string | ExecutionContext): Promise<string> {
      if (typeof value === 'string') return value;
      if (!this.#identity) throw guardMissing(value);
      const principal = await this.#identity.principal(value);
      if (!principal) throw new UnauthorizedException();
      return member(principal);
    }
  }
  return AskingIdentity;
}

// The types of the decorators are explicit. Those that are inferred with Nest 12 use names that Nest 11 does not have.

/**
 * Injects the Dfns username of the authenticated principal; needs {@link DfnsUserGuard}. In a test that replaces the
 * guard, it is the user that the `identity` option names.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard
 */
export const DfnsUsername: (instance?: string) => ParameterDecorator = principalMember(({ username }) => username);

/**
 * Injects a user token of the authenticated principal, from `DelegatedAuthService.getToken`; needs
 * {@link DfnsUserGuard}. Use it for clients other than `DfnsClient`, which takes `caller: { username }`. Keep the token
 * on the server.
 *
 * @param instance name of the instance, if it has one
 * @throws DfnsError `DFNS_CONFIGURATION` without the guard, and the errors of `getToken`
 */
export const DfnsToken: (instance?: string) => ParameterDecorator = principalMember((principal) => principal.token());
