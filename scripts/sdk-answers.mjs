/**
 * Writes the JSON schemas of all answers that the official SDK declares (`npm run sdk-answers`), by which the tests of
 * the sandbox judge its answers. It takes half a minute, so a test compares only the hash of the declarations.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';
import { SDK, SDK_VERSION, sdkRoutes } from './sdk-routes.mjs';

export const FILE = 'libs/dfns-sandbox/test/fixtures/sdk-answers.json';

/** A schema that stands in several places is kept once, if it has more characters than this. */
const SHORT = 60;

/** The version of the SDK, and the hash of all that the schemas are made of. */
export function sdkDeclarations() {
  const routes = sdkRoutes();
  const hash = createHash('sha256').update(JSON.stringify(routes));
  for (const family of familiesOf(routes)) hash.update(readFileSync(typesOf(family)));
  return { version: SDK_VERSION, sha256: hash.digest('hex') };
}

function answerSchemas() {
  const routes = sdkRoutes();
  return familiesOf(routes).flatMap((family) => {
    const generator = createGenerator({
      path: typesOf(family),
      skipTypeCheck: true,
      expose: 'none',
      jsDoc: 'none',
      topRef: false,
      // A member that is not declared is a difference, too.
      additionalProperties: false,
    });
    return routes
      .filter((route) => route.family === family)
      .map(({ route, answer }) => {
        const { $schema: _, definitions, ...schema } = generator.createSchema(answer);
        if (Object.keys(definitions).length > 0) throw new Error(`the answer of ${route} is not in one piece`);
        return [route, withoutClosedEmptiness(schema)];
      });
  });
}

/** The type `{}` is any object in TypeScript, and not one without members. */
function withoutClosedEmptiness({ ...schema }) {
  if (schema.type === 'object' && schema.properties === undefined && schema.additionalProperties === false) {
    delete schema.additionalProperties;
  }
  return withParts(schema, withoutClosedEmptiness);
}

function familiesOf(routes) {
  return [...new Set(routes.map(({ family }) => family))];
}

function typesOf(family) {
  return join(SDK, 'generated', family, 'types.d.ts');
}

/** The same schemas, with each that stands in several places under `definitions`. */
function shared(schemas) {
  const counts = new Map();
  for (const [, schema] of schemas) eachSchema(schema, (text) => counts.set(text, (counts.get(text) ?? 0) + 1));
  const names = new Map();
  const definitions = {};
  const short = (schema) => {
    const text = JSON.stringify(schema);
    if (text.length <= SHORT || counts.get(text) === 1) return withParts(schema, short);
    if (!names.has(text)) {
      const name = `s${names.size}`;
      names.set(text, name);
      definitions[name] = withParts(schema, short);
    }
    return { $ref: `#/definitions/${names.get(text)}` };
  };
  return { definitions, answers: Object.fromEntries(schemas.map(([route, schema]) => [route, short(schema)])) };
}

function eachSchema(schema, visit) {
  visit(JSON.stringify(schema));
  withParts(schema, (part) => {
    eachSchema(part, visit);
    return part;
  });
}

/** The schema with other schemas in place of those in it. */
function withParts(schema, change) {
  const { properties, items, anyOf, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, change(part)])),
    }),
    ...(items && { items: change(items) }),
    ...(anyOf && { anyOf: anyOf.map(change) }),
    ...(additionalProperties && { additionalProperties: change(additionalProperties) }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { definitions, answers } = shared(answerSchemas());
  const lines = (members) =>
    `{\n${Object.entries(members)
      .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n')}\n}`;
  const sdk = JSON.stringify(sdkDeclarations());
  writeFileSync(FILE, `{ "sdk": ${sdk},\n"definitions": ${lines(definitions)},\n"answers": ${lines(answers)} }\n`);
}
