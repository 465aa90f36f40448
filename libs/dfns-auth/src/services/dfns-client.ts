import { Injectable } from '@nestjs/common';
import type { DfnsRequest } from '../calls/dfns-request.js';
import { needsBearer, needsUserAction } from '../calls/route-rules.js';
import {
  type DfnsRoutes,
  type RouteAnswer,
  type RouteRequest,
  routeAction,
  type UntypedRoute,
  type UntypedRouteRequest,
} from '../calls/routes.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { CallOptions } from '../http/call-scope.js';
import { UserCalls } from '../tokens/user-calls.js';

/** Makes any call of the Dfns API: reads, writes of the service account, and writes that a user has signed before. */
@Injectable()
export class DfnsClient {
  readonly #calls: UserCalls;

  constructor(calls: UserCalls) {
    this.#calls = calls;
  }

  /**
   * Makes one call on a route of {@link DfnsRoutes}, for example
   * `request('GET /wallets/{walletId}', { params: { walletId }, caller: { username } })`. Each value in `params` is
   * percent-encoded. Writes of the service account are signed by this package, except where Dfns wants no signature. No
   * bearer is sent where Dfns wants none.
   *
   * @returns the JSON object that Dfns answered; its members are not checked
   * @throws DfnsError; `DFNS_BAD_REQUEST` before any request for a value in `params` that is missing, empty or a dot
   * segment, and for a write of a user that needs a user action and has none
   */
  request<R extends keyof DfnsRoutes>(
    route: R,
    request: RouteRequest<R>,
    options?: CallOptions,
  ): Promise<RouteAnswer<R>>;
  /** Makes one call on a route, without types: for applications that do not import `nestjs-dfns-auth/routes`. */
  request<T>(route: UntypedRoute, request: UntypedRouteRequest, options?: CallOptions): Promise<T>;
  /** Makes one call on any path, also of a route that is not in {@link DfnsRoutes}. */
  request<T>(request: DfnsRequest, options?: CallOptions): Promise<T>;
  async request<T>(first: string | DfnsRequest, second: object = {}, third: CallOptions = {}): Promise<T> {
    const [request, options] =
      typeof first === 'string' ? [routeRequest(first, second as UntypedRouteRequest), third] : [first, second];
    const details = {
      repeatable: request.method === 'GET',
      read: (answer: { unchecked<T>(): T }) => answer.unchecked<T>(),
    };
    return this.#calls.perform(admitted(request), details, options);
  }
}

function routeRequest(route: string, request: UntypedRouteRequest): DfnsRequest {
  return { ...routeAction(route, request), caller: request.caller, userAction: request.userAction };
}

/**
 * The request with the caller that it is sent for: nobody where Dfns wants no bearer. Refuses a write of a user without
 * a user action. Writes of the service account are signed later.
 */
function admitted(request: DfnsRequest): DfnsRequest {
  if (!needsBearer(request)) return { ...request, caller: 'anonymous' };
  const { caller, userAction } = request;
  const isUser = typeof caller === 'object' && ('userToken' in caller || 'username' in caller);
  if (!isUser || userAction || !needsUserAction(request)) return request;
  throw new DfnsError(
    'DFNS_BAD_REQUEST',
    'a write of a user needs userAction: have the user sign it with DelegatedCeremonies.beginAction',
  );
}
