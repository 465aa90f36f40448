import type { ExecutionContext } from '@nestjs/common';
import { DfnsError } from '../errors/dfns-error.js';

/** The user of a request, as Dfns knows them. */
export class DfnsPrincipal {
  readonly username: string;
  readonly #fetchToken: () => Promise<string>;
  #token: Promise<string> | undefined;

  constructor(username: string, fetchToken: () => Promise<string>) {
    this.username = username;
    this.#fetchToken = fetchToken;
  }

  /** A user token; asked for when first wanted, and once. */
  token(): Promise<string> {
    this.#token ??= this.#fetchToken();
    return this.#token;
  }
}

/**
 * The object that lives as long as the request: that of Express or Fastify, and under GraphQL the `req` of the context,
 * or the context itself. Other transports have none.
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

/** @param instance name of the instance, if it has one */
export function keptPrincipal(request: object, instance?: string): DfnsPrincipal | undefined {
  return (request as Record<symbol, DfnsPrincipal | undefined>)[keyOf(instance)];
}

/** Keeps the principal on the request, where neither printing nor copying finds it. */
export function keepPrincipal(request: object, principal: DfnsPrincipal, instance?: string): void {
  Object.defineProperty(request, keyOf(instance), { value: principal });
}

/** @throws DfnsError `DFNS_CONFIGURATION` when the guard has not run */
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

/** Fixed, so that two copies of the package in one process understand each other. */
function keyOf(instance = ''): symbol {
  return Symbol.for(`nestjs-dfns-auth/principal/${instance}`);
}
