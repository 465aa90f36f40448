import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { sdkAnswers } from './fixtures.js';

/** A request and its answer. */
interface Exchange {
  method: string;
  path: string;
  status: number;
  responseBody: string;
}

/** What is different in an answer from what the official SDK declares. */
export interface Difference {
  /** For example `GET /wallets/{walletId}`. */
  route: string;
  /** The path of the member, for example `items[].orgId`. It is empty for the answer itself. */
  member: string;
  /** `missing`, `unknown` for a member that is not declared, or what the value should be. */
  problem: string;
}

const ajv = new Ajv({ strict: false, allErrors: true, verbose: true });
ajv.addSchema(sdkAnswers, 'sdk');

const routes = Object.keys(sdkAnswers.answers)
  // Routes without parameters come first, so that `init` in /auth/credentials/init is not read as an id.
  .sort((one, other) => Number(one.includes('{')) - Number(other.includes('{')))
  .map((route) => ({ route, pattern: new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`) }));

/** The route of the official SDK that a request is on. */
export function sdkRouteOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string | undefined {
  const request = `${method} ${path.split('?')[0]}`;
  return routes.find(({ pattern }) => pattern.test(request))?.route;
}

/** The route of an answer that the SDK declares. Refusals and pending approvals (202) have no type in the SDK. */
export function judgedRouteOf(exchange: Pick<Exchange, 'method' | 'path' | 'status'>): string | undefined {
  const { status } = exchange;
  return status === 202 || status >= 300 ? undefined : sdkRouteOf(exchange);
}

/** Compares an answer with what the SDK declares. */
export function sdkDifferences(exchange: Exchange): Difference[] {
  const route = judgedRouteOf(exchange);
  if (route === undefined) return [];
  const { responseBody } = exchange;
  const answer = responseBody === '' ? null : JSON.parse(responseBody);
  const validate = ajv.getSchema(`sdk#/answers/${pointerTo(route)}`) as ValidateFunction;
  return problemsOf(validate, answer).map(({ at, problem }) => ({
    route,
    member: at
      .replace(/\/\d+(?=\/|$)/g, '[]')
      .replace(/\//g, '.')
      .replace(/^\./, ''),
    problem,
  }));
}

interface Problem {
  /** A JSON pointer. */
  at: string;
  problem: string;
}

function problemsOf(validate: ValidateFunction, value: unknown): Problem[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  // Of a union, only the errors by the type that fits best say something.
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const outermost = unions.filter(({ instancePath: at }) => !unions.some((union) => isInside(at, union)));
  const others = errors.filter(
    ({ instancePath: at, keyword }) =>
      keyword !== 'anyOf' && !unions.some((union) => at === union.instancePath || isInside(at, union)),
  );
  return [...others.map(problemOf), ...outermost.flatMap(problemsOfUnion)];
}

function isInside(at: string, { instancePath }: ErrorObject): boolean {
  return at.startsWith(`${instancePath}/`);
}

function problemsOfUnion({ schema, data, instancePath }: ErrorObject): Problem[] {
  const [fewest = []] = (schema as object[])
    .map((type) => problemsOf(ajv.compile(absolute(type)), data))
    .sort((one, other) => one.length - other.length);
  return fewest.map(({ at, problem }) => ({ at: `${instancePath}${at}`, problem }));
}

function problemOf({ instancePath, keyword, params, message = '' }: ErrorObject): Problem {
  if (keyword === 'required') return { at: `${instancePath}/${params['missingProperty']}`, problem: 'missing' };
  if (keyword === 'additionalProperties') {
    return { at: `${instancePath}/${params['additionalProperty']}`, problem: 'unknown' };
  }
  return { at: instancePath, problem: message };
}

/** The same schema outside the document: its references lead into the document. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"sdk#/'));
}

const pointerTo = (route: string) => encodeURIComponent(route.replaceAll('~', '~0').replaceAll('/', '~1'));
