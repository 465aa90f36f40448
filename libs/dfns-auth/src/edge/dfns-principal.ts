import type { ExecutionContext } from '@nestjs/common';
import { DfnsError } from '../errors/dfns-error.js';

/** The Dfns user of an operation: of a request, or of one operation of GraphQL. */
export class DfnsPrincipal {
  readonly username: string;
  readonly #fetchToken: () => Promise<string>;

  constructor(username: string, fetchToken: () => Promise<string>) {
    this.username = username;
    this.#fetchToken = fetchToken;
  }

  /** A user token. Each call asks for it, because a context may live longer than a token. */
  token(): Promise<string> {
    return this.#fetchToken();
  }
}

/**
 * The object that stands for one operation: the request of Express or Fastify, and with GraphQL the context. The `req`
 * of a GraphQL context is not used, because over a WebSocket it lives as long as the connection. `undefined` for other
 * transports.
 */
export function operationOf(context: ExecutionContext): object | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<object>();
    case 'graphql':
      return context.getArgByIndex<object | undefined>(2);
    default:
      return undefined;
  }
}

/**
 * The principal that {@link keepPrincipal} has put on the operation.
 *
 * @param instance name of the instance, if it has one
 */
export function keptPrincipal(operation: object, instance?: string): DfnsPrincipal | undefined {
  return (operation as Record<symbol, DfnsPrincipal | undefined>)[keyOf(instance)];
}

/** Puts the principal on the operation, in a member that is neither printed nor copied. */
export function keepPrincipal(operation: object, principal: DfnsPrincipal, instance?: string): void {
  Object.defineProperty(operation, keyOf(instance), { value: principal });
}

/** The principal of the operation of a handler, if the guard has run. */
export function principalOf(context: ExecutionContext, instance?: string): DfnsPrincipal | undefined {
  const operation = operationOf(context);
  return operation && keptPrincipal(operation, instance);
}

/** The error for a handler that takes a user, but has no guard that finds one. */
export function guardMissing(context: ExecutionContext): DfnsError {
  const handler = `${context.getClass().name}.${context.getHandler().name}`;
  return new DfnsError(
    'DFNS_CONFIGURATION',
    `${handler} takes a Dfns user, but DfnsUserGuard has not run: add the guard`,
  );
}

/** A global symbol, so that two copies of the package in one process use the same member. */
function keyOf(instance = ''): symbol {
  return Symbol.for(`nestjs-dfns-auth/principal/${instance}`);
}
