import type { Shape } from '../bodies/shape.js';
import { Refusal } from '../errors/refusals.js';
import type { Action, Section } from './section.js';

/** One endpoint below `/_sandbox`. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/_sandbox`, with parameters such as `{id}`. */
  path: string;
  /** What it does, in words. */
  words: string;
  body?: Shape<unknown>;
  /** @returns the answer or a promise of it, or nothing for `{}` */
  run(parameters: Record<string, string>, body: never): unknown;
}

/** The endpoints of a section: its list, and one for each action. */
export function sectionEndpoints(section: Section): Endpoint[] {
  const { name, title, create, actions = {} } = section;
  const list: Endpoint = {
    method: 'GET',
    path: `/${name}`,
    words: `Lists: ${title}. ${section.words} The oldest come first.`,
    run: () => ({ items: section.list() }),
  };
  const post = (path: string, { words, body }: Action, run: Endpoint['run']): Endpoint => ({
    method: 'POST',
    path,
    words,
    ...(body && { body }),
    run,
  });
  return [
    list,
    ...(create ? [post(`/${name}`, create, (_, body) => create.run(body))] : []),
    ...Object.entries(actions).map(([action, { run, ...described }]) =>
      post(`/${name}/{id}/${action}`, described, ({ id = '' }, body) => {
        const item = section.list().find((candidate) => candidate.id === id);
        if (!item) throw new Refusal(404, `There is no ${id} in ${name}`);
        if (!item.actions.includes(action)) throw new Refusal(409, `${described.label} is not possible now`);
        return run(id, body);
      }),
    ),
  ];
}

/** Finds the route of a request, and its decoded parameters. */
export function findEndpoint(routes: Endpoint[], method: string, path: string) {
  const parts = path.split('/');
  for (const route of routes) {
    const parameters = route.method === method && parametersOf(route.path.split('/'), parts);
    if (parameters) return { route, parameters };
  }
  return undefined;
}

function parametersOf(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected.startsWith('{')) parameters[expected.slice(1, -1)] = decodeURIComponent(part);
    else if (expected !== part) return undefined;
  }
  return parameters;
}
