import { inspect, types } from 'node:util';

const ONE_LEVEL = {
  showHidden: true,
  getters: true,
  customInspect: false,
  maxStringLength: null,
  maxArrayLength: null,
};

/**
 * What `inspect` without a limit of depth prints of `root`: hidden members, accessors, the entries of collections, the
 * targets of proxies. Each object is printed once, so that it also works for a Nest container, whose whole text does not
 * fit into a string. Yields the path to each object and its text.
 */
export function* reachableTexts(root: object): Generator<{ path: string; text: string }> {
  const seen = new Set<unknown>();
  const found: { path: string; value: unknown }[] = [{ path: '', value: root }];
  for (let at = 0; at < found.length; at += 1) {
    const { path, value } = found[at] as { path: string; value: object };
    if (seen.has(value)) continue;
    seen.add(value);
    yield { path, text: textOf(value) };
    for (const [name, child] of childrenOf(value)) {
      if (typeof child === 'function' || (typeof child === 'object' && child !== null)) {
        found.push({ path: `${path}.${name}`, value: child });
      }
    }
  }
}

/** The members of one object. `inspect` alone sees into proxies, promises and weak collections. */
function textOf(value: object): string {
  const isOpaque =
    types.isProxy(value) || types.isPromise(value) || value instanceof WeakMap || value instanceof WeakSet;
  return inspect(value, { ...ONE_LEVEL, depth: isOpaque ? 3 : 0, showProxy: types.isProxy(value) });
}

function* childrenOf(value: object): Generator<[string, unknown]> {
  if (types.isMap(value)) for (const entry of value) yield* entry.map((one): [string, unknown] => ['entry', one]);
  if (types.isSet(value)) for (const entry of value) yield ['entry', entry];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return;
  for (let owner: object | null = value; owner !== null; owner = Object.getPrototypeOf(owner)) {
    for (const name of Reflect.ownKeys(owner)) {
      try {
        yield [String(name), Reflect.get(owner, name, value)];
      } catch {
        // An accessor that needs another object.
      }
    }
  }
}
