import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

type Node = Record<string, unknown>;

/** A route of a document. */
export interface Operation {
  /** Such as `POST /actions/{ceremonyId}`. */
  route: string;
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
}

type Content = Record<string, { schema?: Node }>;

const PREFIX = '#/components/schemas/';
const SCALARS = ['string', 'integer', 'number', 'boolean'];

/** What an OpenAPI document says, for tests. */
export class OpenApiDocument {
  readonly document: OpenAPIObject;
  readonly schemas: Record<string, Node>;

  constructor(document: OpenAPIObject) {
    this.document = structuredClone(document);
    this.schemas = (this.document.components?.schemas ?? {}) as Record<string, Node>;
  }

  get operations(): Operation[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Omit<Operation, 'route'>>).map(([method, operation]) => ({
        ...operation,
        route: `${method.toUpperCase()} ${path}`,
      })),
    );
  }

  /** Names of the schemas that something refers to, also if they do not exist. */
  get referenced(): Set<string> {
    const { paths, components } = this.document;
    const texts = JSON.stringify([paths, components]).matchAll(/"\$ref":"([^"]+)"/g);
    return new Set([...texts].map(([, reference = '']) => reference.replace(PREFIX, '')));
  }

  /** The parts of an operation that have no schema: its body, or the status of a success with a content. */
  undescribed({ requestBody, responses, route }: Operation): string[] {
    const isEmpty = ({ schema }: { schema?: Node } = {}) => schema === undefined || Object.keys(schema).length === 0;
    const lacks = (content?: Content) => isEmpty(content?.['application/json']);
    const answers = Object.entries(responses).filter(([status]) => /^2/.test(status));
    const wrong = answers.filter(([status, { content }]) =>
      status === '204' ? content !== undefined : lacks(content),
    );
    const missing = wrong.map(([status]) => `${route} ${status}`);
    if (answers.length !== 1) missing.push(`${route} has ${answers.length} answers`);
    return requestBody && lacks(requestBody.content) ? [...missing, `${route} body`] : missing;
  }

  /**
   * Checks real answers. Members that the document does not name are refused, except in the schemas in `open`.
   *
   * @param schema name of a schema, or the schema itself
   */
  validator(schema: string | Node, open: string[] = []): ValidateFunction {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const schemas = Object.entries(this.schemas).map(([name, node]) => [
      name,
      open.includes(name) ? node : closed(node),
    ]);
    const root = typeof schema === 'string' ? { $ref: `${PREFIX}${schema}` } : schema;
    return ajv.compile({ ...root, components: { schemas: Object.fromEntries(schemas) } });
  }

  /** The examples of all members together, and the paths of the members without an example. */
  exampleOf(name: string): { example: unknown; missing: string[] } {
    const missing: string[] = [];
    return { example: this.#example({ $ref: `${PREFIX}${name}` }, name, missing), missing };
  }

  #example(node: Node, path: string, missing: string[]): unknown {
    if ('example' in node) return node['example'];
    const [inner] = (node['oneOf'] ?? node['allOf'] ?? []) as Node[];
    if (inner) return this.#example(inner, path, missing);
    if (typeof node['$ref'] === 'string') {
      return this.#example(this.schemas[node['$ref'].replace(PREFIX, '')] as Node, path, missing);
    }
    if (node['type'] === 'array') return [this.#example(node['items'] as Node, `${path}[]`, missing)];
    if (SCALARS.includes(node['type'] as string)) {
      const [only] = (node['enum'] ?? []) as unknown[];
      if (only === undefined) missing.push(path);
      return only;
    }
    const members = Object.entries((node['properties'] ?? {}) as Record<string, Node>);
    return Object.fromEntries(
      members.map(([name, member]) => [name, this.#example(member, `${path}.${name}`, missing)]),
    );
  }
}

/** The same schema, without other members in any object. */
function closed(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map(closed);
  const inner = Object.fromEntries(Object.entries(node).map(([name, member]) => [name, closed(member)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}
