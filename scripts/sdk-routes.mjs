/** Reads the routes of the official SDK: from the code of its clients, and from the names of its declared types. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export const SDK = dirname(createRequire(import.meta.url).resolve('@dfns/sdk/package.json'));
export const SDK_VERSION = JSON.parse(readFileSync(join(SDK, 'package.json'), 'utf8')).version;

/**
 * All routes, ordered by path and method: `route` (`GET /wallets/{walletId}`), the `family` whose file declares the
 * types, the names of the types of `params`, `query`, `body` and `answer` where there are such, and `isSigned`.
 */
export function sdkRoutes() {
  const families = readdirSync(join(SDK, 'generated'));
  const routes = families.flatMap(routesOf);
  return routes.sort((one, other) => compare(one.path, other.path) || compare(one.route, other.route));
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

function routesOf(family) {
  const client = parsed(family, 'client.js');
  const declared = new Map();
  for (const statement of parsed(family, 'types.d.ts').statements) {
    if (ts.isTypeAliasDeclaration(statement)) declared.set(statement.name.text, statement);
  }
  const [clients] = client.statements.filter(ts.isClassDeclaration);
  return clients.members
    .filter((member) => ts.isMethodDeclaration(member) && !isAlias(member))
    .map((member) => routeOf(member, client, family, declared));
}

/** A deprecated name: its method calls another method of the client. */
function isAlias(method) {
  return ts.isReturnStatement(method.body.statements[0]);
}

function routeOf(method, client, family, declared) {
  const text = method.getText(client);
  const path = one(text, /buildPathAndQuery\)\('([^']+)'/).replace(/:(\w+)/g, '{$1}');
  const route = `${one(text, /method: '([A-Z]+)'/)} ${path}`;
  const name = `${method.name.text[0].toUpperCase()}${method.name.text.slice(1)}`;
  const typeOf = (part) => (declared.has(`${name}${part}`) ? `${name}${part}` : undefined);
  return {
    route,
    path,
    family,
    params: typeOf('Params'),
    query: typeOf('Query'),
    body: typeOf('Body'),
    answer: typeOf('Response'),
    isSigned: /\.userActionFetch\)\(/.test(text),
    isMultipart: declared.has(`__Wire${name}Body`),
  };
}

function parsed(family, file) {
  const path = join(SDK, 'generated', family, file);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
}

function one(text, pattern) {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`the client of the SDK has another form: ${pattern} is not in ${text}`);
  return found;
}
