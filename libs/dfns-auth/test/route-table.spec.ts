import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
// The tables are not public: types and behaviour are made of them.
import { ANONYMOUS_WRITES, UNSIGNED_WRITES } from '../src/calls/route-exceptions.js';

const library = join('libs', 'dfns-auth');
const { sdkRoutes, SDK_VERSION } = await import(join(process.cwd(), 'scripts', 'sdk-routes.mjs'));
const { routeExceptions, routeTypes } = await import(join(process.cwd(), 'scripts', 'routes.mjs'));

/** A route of the SDK, as somebody else listed it. */
interface ListedRoute {
  route: string;
  params: string | null;
  query: string | null;
  body: string | null;
  response: string;
  userAction: boolean;
  unauthenticated: boolean;
  temporaryBearer: boolean;
  multipart: boolean;
}

const listed: { version: string; routes: ListedRoute[] } = JSON.parse(
  readFileSync(join(library, 'test', 'fixtures', 'routes.json'), 'utf8'),
);
const text = readFileSync(join(library, 'routes', 'index.d.ts'), 'utf8');

describe('the generated routes', () => {
  it('are those of the installed SDK: npm run routes writes them', () => {
    const routes = sdkRoutes();
    expect(text).toBe(routeTypes(routes));
    expect(readFileSync(join(library, 'src', 'calls', 'route-exceptions.ts'), 'utf8')).toBe(routeExceptions(routes));
  });

  it('are the 179 that the list has, with its types', () => {
    expect(SDK_VERSION).toBe(listed.version);
    expect(listed.routes).toHaveLength(179);
    const written = [...text.matchAll(/^ {4}'(.+)': \{\n([\s\S]*?)^ {4}\};/gm)].map(([, route, members = '']) => {
      const types = [...members.matchAll(/^ {6}(params|query|body|answer): (?:\w+\.)?(\w+);/gm)];
      return { route, ...Object.fromEntries(types.map(([, name, type]) => [name, type])) };
    });
    const expected = listed.routes.map(({ route, params, query, body, response, multipart }) => ({
      route,
      ...(params && { params }),
      ...(query && { query }),
      // A constant body is no type.
      ...(body && /^\w+$/.test(body) && { body: multipart ? 'never' : body }),
      answer: response,
    }));
    expect(new Set(written)).toEqual(new Set(expected));
  });

  it('import types alone', () => {
    expect(
      text.match(/^import.*$/gm)?.filter((line) => !/^import type \* as \w+ from '@dfns\/sdk\//.test(line)),
    ).toEqual([]);
  });

  it('name the callers of the routes that have another bearer than a user', () => {
    const ofCaller = (caller: string) =>
      [...text.matchAll(/^ {4}'(.+)': \{\n {6}caller: (.+);$/gm)]
        .filter(([, , type]) => type === caller)
        .map(([, r]) => r);
    const of = (mark: 'unauthenticated' | 'temporaryBearer') =>
      listed.routes.filter((route) => route[mark]).map(({ route }) => route);
    expect(new Set(ofCaller("'anonymous'"))).toEqual(new Set(of('unauthenticated')));
    expect(new Set(ofCaller('{ temporaryToken: string }'))).toEqual(new Set(of('temporaryBearer')));
  });
});

describe('the tables of exceptions', () => {
  const NEWER = ['POST /auth/login/oidc', 'POST /auth/login/oidc/init'];

  it('have the 24 unsigned writes of the list, and three that are newer', () => {
    const unsigned = listed.routes.filter(({ route, userAction }) => !userAction && !route.startsWith('GET '));
    expect(unsigned).toHaveLength(24);
    const expected = [...unsigned.map(({ route }) => route), ...NEWER, 'POST /auth/tokens'];
    expect([...UNSIGNED_WRITES].sort()).toEqual(expected.sort());
  });

  it('have the 13 calls without a bearer of the list, and two that are newer', () => {
    const anonymous = listed.routes.filter(({ unauthenticated }) => unauthenticated).map(({ route }) => route);
    expect(anonymous).toHaveLength(13);
    expect([...ANONYMOUS_WRITES].sort()).toEqual([...anonymous, ...NEWER].sort());
  });
});
