import { ANONYMOUS_WRITES, UNSIGNED_WRITES } from './route-exceptions.js';

/** A few routes, which a request is compared with. */
class RouteList {
  readonly #plain: Set<string>;
  /** The routes with parameters, each of which stands for one segment. */
  readonly #patterns: RegExp[];

  constructor(routes: string[]) {
    this.#plain = new Set(routes);
    this.#patterns = routes
      .filter((route) => route.includes('{'))
      .map((route) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`));
  }

  has({ method, path }: { method: string; path: string }): boolean {
    const [route = ''] = `${method} ${path}`.split('?', 1);
    return this.#plain.has(route) || this.#patterns.some((pattern) => pattern.test(route));
  }
}

const unsigned = new RouteList(UNSIGNED_WRITES);
const anonymous = new RouteList(ANONYMOUS_WRITES);

/** Whether Dfns wants a user action with this request (dfns-api 7.10). A route that is not known needs one. */
export function needsUserAction(request: { method: string; path: string }): boolean {
  return request.method !== 'GET' && !unsigned.has(request);
}

/** Whether Dfns wants a bearer with this request (dfns-api 7.11). */
export function needsBearer(request: { method: string; path: string }): boolean {
  return request.method === 'GET' || !anonymous.has(request);
}
