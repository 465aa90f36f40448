/**
 * Writes what the library knows of the routes of Dfns (`npm run routes`): their types, for those who import
 * `nestjs-dfns-auth/routes`, and the routes that need no signature or no bearer, which the library looks up at run
 * time. A test compares both.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { SDK_VERSION, sdkRoutes } from './sdk-routes.mjs';

/** Routes without a bearer (dfns-api 7.11). The SDK does not show them: it sends the bearer that it has everywhere. */
const ANONYMOUS = [
  'POST /auth/credentials/code/init',
  'POST /auth/credentials/code/verify',
  'POST /auth/login',
  'POST /auth/login/code',
  'POST /auth/login/init',
  'POST /auth/login/social',
  'POST /auth/login/sso',
  'POST /auth/login/sso/init',
  'POST /auth/recover/user/code',
  'POST /auth/recover/user/init',
  'POST /auth/registration/init',
  'POST /auth/registration/social',
  'PUT /auth/registration/code',
];
/** Routes whose bearer is the temporary token of a challenge (dfns-api 7.11). */
const TEMPORARY = ['POST /auth/recover/user', 'POST /auth/registration', 'POST /auth/registration/enduser'];
/** Routes that the SDK does not have yet (dfns-api 7.10, 7.11). */
const NEWER_UNSIGNED = ['POST /auth/login/oidc', 'POST /auth/login/oidc/init', 'POST /auth/tokens'];
const NEWER_ANONYMOUS = ['POST /auth/login/oidc', 'POST /auth/login/oidc/init'];

const ORIGIN = `Generated from the declarations of @dfns/sdk ${SDK_VERSION} by \`npm run routes\`.`;

/** The text of libs/dfns-auth/routes/index.d.ts. */
export function routeTypes(routes) {
  const families = [...new Set(routes.map(({ family }) => family))].sort();
  const imports = families.map((name) => `import type * as ${name} from '@dfns/sdk/generated/${name}/types.js';`);
  return [
    `/** ${ORIGIN} The application that imports it installs \`@dfns/sdk\` as a development dependency. */`,
    ...imports,
    '',
    "declare module 'nestjs-dfns-auth' {",
    '  interface DfnsRoutes {',
    ...routes.flatMap((route) => [`    '${route.route}': {`, ...membersOf(route), '    };']),
    '  }',
    '}',
    '',
  ].join('\n');
}

function membersOf({ route, family, params, query, body, answer, isMultipart }) {
  const members = Object.entries({ params, query, body: isMultipart ? undefined : body, answer })
    .filter(([, type]) => type !== undefined)
    .map(([name, type]) => `      ${name}: ${family}.${type};`);
  if (isMultipart)
    members.unshift('      /** A form with a file. This package sends JSON only. */', '      body: never;');
  if (ANONYMOUS.includes(route)) members.unshift("      caller: 'anonymous';");
  if (TEMPORARY.includes(route)) members.unshift('      caller: { temporaryToken: string };');
  return members;
}

/** The text of libs/dfns-auth/src/calls/route-exceptions.ts. */
export function routeExceptions(routes) {
  const unsigned = routes
    .filter(({ route, isSigned }) => !isSigned && !route.startsWith('GET '))
    .map(({ route }) => route);
  const unknown = ANONYMOUS.concat(TEMPORARY).filter((route) => !unsigned.includes(route));
  if (unknown.length > 0) throw new Error(`the SDK has no such unsigned routes: ${unknown}`);
  return [
    `// ${ORIGIN}`,
    '',
    '/** Writes that need no user action (dfns-api 7.10). */',
    ...constant('UNSIGNED_WRITES', [...unsigned, ...NEWER_UNSIGNED]),
    '',
    '/** Calls that need no bearer (dfns-api 7.11). All of them are unsigned writes. */',
    ...constant('ANONYMOUS_WRITES', [...ANONYMOUS, ...NEWER_ANONYMOUS]),
    '',
  ].join('\n');
}

function constant(name, routes) {
  return [`export const ${name} = [`, ...routes.sort().map((route) => `  '${route}',`), '];'];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const routes = sdkRoutes();
  writeFileSync('libs/dfns-auth/routes/index.d.ts', routeTypes(routes));
  writeFileSync('libs/dfns-auth/src/calls/route-exceptions.ts', routeExceptions(routes));
}
