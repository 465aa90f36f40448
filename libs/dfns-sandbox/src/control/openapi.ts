import type { Endpoint } from './endpoint.js';

const ANSWERS = {
  200: { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } },
  default: {
    description: 'Refused: `error.message` says why.',
    content: { 'application/json': { schema: errorSchema() } },
  },
};

/** The OpenAPI document of the control over HTTP. */
export function controlDocument(routes: Endpoint[], url: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control of the Dfns sandbox',
      version: '1',
      description:
        'What a test or a person controls in the sandbox. It is open for programs on this machine. With a control ' +
        'token it is open for whoever sends the token as a bearer. Pages of other web sites are refused.',
    },
    servers: [{ url: `${url}/_sandbox` }],
    security: [{}, { controlToken: [] }],
    paths: { ...paths, '/events': { get: EVENTS } },
    components: { securitySchemes: { controlToken: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation({ method, path, words, body }: Endpoint): object {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: [method.toLowerCase(), ...path.split(/\W+/).filter(Boolean)].join('-'),
    summary: words,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body.schema ?? {} } } } }),
    responses: ANSWERS,
  };
}

function errorSchema(): object {
  const error = { type: 'object', properties: { status: { type: 'integer' }, message: { type: 'string' } } };
  return { type: 'object', properties: { error }, required: ['error'] };
}

const EVENTS = {
  operationId: 'get-events',
  summary:
    'A stream of server-sent events. `part` replaces one part of what the console shows, `record` adds or replaces ' +
    'one request. Secrets are shortened.',
  responses: { 200: { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } } },
};
