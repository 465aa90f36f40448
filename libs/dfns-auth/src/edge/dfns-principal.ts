import type { ExecutionContext } from '@nestjs/common';
import { DfnsError } from '../errors/dfns-error.js';

/** The Dfns user of a request. */
export class DfnsPrincipal {
  readonly username: string;
  readonly #fetchToken: () => Promise<string>;
  #token: Promise<string> | undefined;

  constructor(username: string, fetchToken: () => Promise<string>) {
    this.username = username;
    this.#fetchToken = fetchToken;
  }

  /** A user token. It is fetched on the first call, and only once. */
  token(): Promise<string> {
    this.#token ??= this.#fetchToken();
    return this.#token;
  }
}

/**
 * The object that lives as long as the request: the request of Express or Fastify, and with GraphQL the `req` of the
 * context or the context itself. `undefined` for other transports.
 */
export function requestOf(context: ExecutionContext): object | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<object>();
    case 'graphql': {
      const shared = context.getArgByIndex<{ req?: object } | undefined>(2);
      return shared?.req ?? shared;
    }
    default:
      return undefined;
  }
}

/**
 * The principal that {@link keepPrincipal} has put on the request.
 *
 * @param instance name of the instance, if it has one
 */
export function keptPrincipal(request: object, instance?: string): DfnsPrincipal | undefined {
  return (request as Record<symbol, DfnsPrincipal | undefined>)[keyOf(instance)];
}

/** Puts the principal on the request, in a member that is neither printed nor copied. */
export function keepPrincipal(request: object, principal: DfnsPrincipal, instance?: string): void {
  Object.defineProperty(request, keyOf(instance), { value: principal });
}

/** @throws DfnsError `DFNS_CONFIGURATION` if the guard has not run */
export function principalOf(context: ExecutionContext, instance?: string): DfnsPrincipal {
  const request = requestOf(context);
  const principal = request && keptPrincipal(request, instance);
  if (principal) return principal;
  const handler = `${context.getClass().name}.${context.getHandler().name}`;
  throw new DfnsError(
    'DFNS_CONFIGURATION',
    `${handler} takes a Dfns user, but DfnsUserGuard has not run: add the guard`,
  );
}

/** A global symbol, so that two copies of the package in one process use the same member. */
function keyOf(instance = ''): symbol {
  return Symbol.for(`nestjs-dfns-auth/principal/${instance}`);
}
