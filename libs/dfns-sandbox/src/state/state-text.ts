import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';

/** One object: what it is, and its content as JSON. An object inside it is `{ "@": index }`. */
type Written = [kind: string, content: unknown];

/**
 * Writes a value as JSON, with maps, sets, dates, bytes, big integers and keys. An object that occurs twice is written
 * once.
 * @throws Error for functions and for instances of classes
 */
export function encode(value: unknown): string {
  const written: Written[] = [];
  const indexes = new Map<unknown, number>();
  const write = (part: unknown): unknown => {
    if (typeof part === 'bigint') return { bigint: String(part) };
    if (part === undefined) return { nothing: true };
    if (typeof part === 'number' && !Number.isFinite(part)) return { number: String(part) };
    if (typeof part === 'function') throw new Error('A function cannot be kept in the state');
    if (typeof part !== 'object' || part === null) return part;
    const known = indexes.get(part);
    if (known !== undefined) return { '@': known };
    const index = written.push(['', null]) - 1;
    indexes.set(part, index);
    written[index] = contentOf(part, write);
    return { '@': index };
  };
  write(value);
  return JSON.stringify(written);
}

function contentOf(part: object, write: (part: unknown) => unknown): Written {
  if (part instanceof Map) return ['map', [...part].map(([key, value]) => [write(key), write(value)])];
  if (part instanceof Set) return ['set', [...part].map(write)];
  if (Array.isArray(part)) return ['list', part.map(write)];
  if (part instanceof Date) return ['date', String(part.getTime())];
  if (part instanceof Uint8Array) return ['bytes', Buffer.from(part).toString('base64')];
  if (part instanceof KeyObject) return keyContent(part);
  const prototype = Object.getPrototypeOf(part);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`A ${prototype.constructor.name} cannot be kept in the state`);
  }
  return ['object', Object.fromEntries(Object.entries(part).map(([name, value]) => [name, write(value)]))];
}

function keyContent(key: KeyObject): Written {
  if (key.type === 'public') return ['public key', key.export({ type: 'spki', format: 'pem' })];
  return ['private key', key.export({ type: 'pkcs8', format: 'pem' })];
}

/** Reads the text of {@link encode}. */
export function decode(text: string): unknown {
  const written = JSON.parse(text) as Written[];
  const made: unknown[] = [];
  const read = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if ('bigint' in part) return BigInt(String(part.bigint));
    if ('number' in part) return Number(part.number);
    if ('nothing' in part) return undefined;
    const index = Number((part as { '@': unknown })['@']);
    const [kind, content] = written[index] ?? [];
    if (!(index in made)) fill(index, kind, content);
    return made[index];
  };
  /** An object is known before its content is read, so that it may contain itself. */
  const fill = (index: number, kind: string | undefined, content: unknown): void => {
    made[index] = emptyOf(kind, content);
    const at = made[index];
    if (at instanceof Map) for (const [key, value] of content as unknown[][]) at.set(read(key), read(value));
    else if (at instanceof Set) for (const value of content as unknown[]) at.add(read(value));
    else if (Array.isArray(at)) for (const value of content as unknown[]) at.push(read(value));
    else if (kind === 'object') {
      for (const [name, value] of Object.entries(content as object)) {
        Object.defineProperty(at, name, { value: read(value), enumerable: true, writable: true, configurable: true });
      }
    }
  };
  return read({ '@': 0 });
}

function emptyOf(kind: string | undefined, content: unknown): unknown {
  if (kind === 'map') return new Map();
  if (kind === 'set') return new Set();
  if (kind === 'list') return [];
  if (kind === 'object') return {};
  if (kind === 'date') return new Date(Number(content));
  if (kind === 'bytes') return Buffer.from(String(content), 'base64');
  if (kind === 'public key') return createPublicKey(String(content));
  if (kind === 'private key') return createPrivateKey(String(content));
  throw new Error(`unknown kind ${kind}`);
}
