import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapi } from './fixtures.js';
import { judgedRouteOf, sdkRouteOf } from './sdk-answers.js';

/** A request and its answer. */
export interface Exchange {
  method: string;
  path: string;
  requestBody: string;
  status: number;
  responseBody: string;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(openapi, 'dfns');

const paths = Object.keys(openapi.paths)
  // Paths without parameters come first, so that `init` in /auth/credentials/init is not read as an id.
  .sort((one, other) => Number(one.includes('{')) - Number(other.includes('{')))
  .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));

/** The operation of the OpenAPI document that a request is on. */
function operationOf({ method, path }: Pick<Exchange, 'method' | 'path'>) {
  const template = paths.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''))?.path;
  const verb = method.toLowerCase();
  const operation = template && openapi.paths[template][verb];
  if (!operation) return undefined;
  return { operation, route: `${method} ${template}`, pointer: `dfns#/paths/${pointerTo(template)}/${verb}` };
}

/** The route of an accepted request, if the official SDK or the OpenAPI document says what its answer must be. */
export function answeredRouteOf(exchange: Pick<Exchange, 'method' | 'path' | 'status'>): string | undefined {
  return judgedRouteOf(exchange) ?? (exchange.status === 200 ? operationOf(exchange)?.route : undefined);
}

/**
 * Lists the differences from the OpenAPI document, in accepted bodies and in all answers. The document has fewer routes
 * than the official SDK, by which sdk-answers.ts judges.
 */
export function violations({ method, path, requestBody, status, responseBody }: Exchange): string[] {
  const name = `${method} ${path} ${status}`;
  const documented = operationOf({ method, path });
  const answer = responseBody === '' ? {} : JSON.parse(responseBody);
  if (status >= 400) return envelopeProblems(answer, status).map((problem) => `${name}: ${problem}`);
  if (!documented) return sdkRouteOf({ method, path }) ? [] : [`${name}: answered, but not documented`];
  const { operation, pointer } = documented;
  const problems = check(`${pointer}/responses/${status}/content/application~1json/schema`, answer);
  if (operation.requestBody && requestBody) {
    problems.push(...check(`${pointer}/requestBody/content/application~1json/schema`, JSON.parse(requestBody)));
  }
  return problems.map((problem) => `${name}: ${problem}`);
}

function envelopeProblems(answer: { error?: { id?: string; status?: number } }, status: number): string[] {
  const problems = check('dfns#/components/schemas/DfnsError', answer);
  if (!/^\d+$/.test(answer.error?.id ?? '')) problems.push('error.id is not a text of digits');
  if (answer.error?.status !== status) problems.push('error.status is not the status');
  return problems;
}

function check(pointer: string, value: unknown): string[] {
  const validate = ajv.getSchema(pointer) ?? ajv.compile({ $ref: pointer });
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const pointerTo = (path: string) => encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
