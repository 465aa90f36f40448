import { DfnsError } from '../errors/dfns-error.js';
import type { QueryParameters, UserAction } from '../http/request-text.js';
import type { DfnsRequest, RequestCaller } from './dfns-request.js';

/**
 * The routes of Dfns with the types of their `params`, `query`, `body` and `answer`. `import 'nestjs-dfns-auth/routes'`
 * declares the routes of the official SDK. You may declare routes that are newer:
 *
 * ```ts
 * declare module 'nestjs-dfns-auth' {
 *   interface DfnsRoutes {
 *     'GET /vaults/{vaultId}': { params: { vaultId: string }; answer: { id: string } };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: others fill it.
export interface DfnsRoutes {}

/** A route without types: any, as long as no routes are declared; then only those in {@link DfnsRoutes}. */
export type UntypedRoute = [keyof DfnsRoutes] extends [never] ? `${UserAction['method']} /${string}` : never;

/** The `params`, `query` and `body` of a request on a route. What the route does not have is not accepted. */
export type RouteInput<R extends keyof DfnsRoutes> = RouteMember<R, 'params'> &
  RouteMember<R, 'query'> &
  RouteMember<R, 'body'>;

/** A request on a route, with its caller. `caller` is not needed where Dfns wants no bearer. */
export type RouteRequest<R extends keyof DfnsRoutes> = RouteInput<R> & RouteCaller<R> & Pick<DfnsRequest, 'userAction'>;

/** What Dfns answers on a route. Its members are not checked at run time. */
export type RouteAnswer<R extends keyof DfnsRoutes> = DfnsRoutes[R] extends { answer: infer A } ? A : unknown;

/** As {@link RouteInput}, for a route without types. */
export interface UntypedRouteInput {
  /** A value for each `{name}` in the path. */
  params?: Record<string, string> | undefined;
  /** A list repeats its key; a parameter that is `undefined` is not sent. */
  query?: QueryParameters | undefined;
  body?: string | object | undefined;
}

/** As {@link RouteRequest}, for a route without types. */
export type UntypedRouteRequest = UntypedRouteInput & Pick<DfnsRequest, 'caller' | 'userAction'>;

/** A member may be left out if all its own members may be. */
type RouteMember<R extends keyof DfnsRoutes, M extends string> = DfnsRoutes[R] extends { [name in M]: infer Value }
  ? Record<never, never> extends Value
    ? { [name in M]?: Value }
    : { [name in M]: Value }
  : { [name in M]?: undefined };

type RouteCaller<R extends keyof DfnsRoutes> = DfnsRoutes[R] extends { caller: infer Caller }
  ? 'anonymous' extends Caller
    ? { caller?: Caller }
    : { caller: Caller }
  : { caller: RequestCaller };

/**
 * The request on a route such as `GET /wallets/{walletId}`. Each value in `params` becomes one percent-encoded segment.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for a route that is written otherwise, and for a value in `params` that is
 * missing, no text, empty or a dot segment
 */
export function routeAction(route: string, { params, query, body }: UntypedRouteInput): RoutedAction {
  const [, method, template] = /^([A-Z]+) (\/.*)$/.exec(route) ?? [];
  if (method === undefined || template === undefined) {
    throw new DfnsError('DFNS_BAD_REQUEST', 'the route is not written as a method, a space and a path');
  }
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, params?.[name]));
  return { method: method as UserAction['method'], path, query, body };
}

/** A request with its query apart from its path. */
export interface RoutedAction extends UserAction {
  query?: QueryParameters | undefined;
}

function segment(name: string, value: unknown): string {
  if (typeof value === 'string' && value.isWellFormed() && !/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  throw new DfnsError('DFNS_BAD_REQUEST', `params.${name} must be a text, neither empty nor a dot segment`);
}
