/** A JSON object. */
export type Json = Record<string, unknown>;

/** The paths of all members, e.g. `user.id` and `items.0.name`. Of a list, only the first item is looked at. */
export function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return pathsIn(value[0], `${path}0.`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${path}${name}`, ...pathsIn(member, `${path}${name}.`)]);
}

/** A copy without the member. */
export function without(body: Json, path: string): Json {
  return changed(body, path, (parent, name) => delete parent[name]);
}

/** A copy with `null` for the member. */
export function withNull(body: Json, path: string): Json {
  return changed(body, path, (parent, name) => {
    if (name in parent) parent[name] = null;
  });
}

/** A copy of the body, changed at the end of the path if the path still leads there. */
function changed(body: Json, path: string, change: (parent: Json, name: string) => void): Json {
  const copy = structuredClone(body);
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce<Json | null>((object, name) => (object?.[name] ?? null) as Json | null, copy);
  if (parent) change(parent, last);
  return copy;
}

/** Adds an unknown member to every object. */
export function extended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(extended);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, extended(member)]);
  return { ...Object.fromEntries(members), newcomer: { deep: [1, null, 'text'] } };
}
