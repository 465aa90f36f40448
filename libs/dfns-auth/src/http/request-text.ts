import { DfnsError } from '../errors/dfns-error.js';

/** Query parameters. A list repeats its key; a parameter that is `undefined` is not sent. */
export type QueryParameters = Record<string, string | number | boolean | undefined | (string | number)[]>;

/** A request that a user or the service account signs. */
export interface UserAction {
  method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  /** Begins with a slash; ids are percent-encoded. A query is allowed and is not signed (dfns-api 7.4). */
  path: string;
  /** Text is used as it is. An object is serialised once, and that text is signed and sent. */
  body?: string | object | undefined;
}

/** A request exactly as it is signed and sent. */
export interface RequestText {
  method: UserAction['method'];
  /** The path that is signed (dfns-api 7.2). */
  path: string;
  /** The query, which is sent after the path and not signed. It begins with `?`, or is empty. */
  query: string;
  /** Empty for a request without a body. */
  body: string;
}

const METHODS = ['POST', 'PUT', 'DELETE', 'GET'];

/**
 * Converts a request to the text that is signed and sent. No other function makes this text.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for an unknown method, a path that would be sent differently than it is written
 * or that a server on the way could read differently, and a body that cannot be written as JSON or UTF-8
 */
export function requestText({ method, path, query, body }: UserAction & { query?: QueryParameters }): RequestText {
  if (!METHODS.includes(method)) throw new DfnsError('DFNS_BAD_REQUEST', `the method is none of ${METHODS.join(', ')}`);
  const [pathname = '', ...rest] = typeof path === 'string' ? path.split('?') : [];
  assertSignable(pathname);
  return { method, path: pathname, query: queryText(rest.join('?'), query), body: bodyText(body) };
}

/**
 * Checks an id of Dfns for use in a path.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for a value that is not an id, because it could change the path that is signed
 */
export function pathSegment(id: string): string {
  if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id;
  throw new DfnsError('DFNS_BAD_REQUEST', 'the id is empty or has characters that no id of Dfns has');
}

/**
 * Checks a value for use in a header.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for a value that a header cannot hold unchanged
 */
export function assertHeaderText(value: unknown, what: string): void {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return;
  throw new DfnsError('DFNS_BAD_REQUEST', `the ${what} is empty or has characters that no ${what} has`);
}

/** A path that every server reads in the same way. Nearly all paths of Dfns are so, and parsing a URL is slow. */
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*)+$/;

/** Checks that a path is written as it is sent: percent-encoded, without dot segments. */
function assertSignable(pathname: string): void {
  if (PLAIN_PATH.test(pathname)) return;
  const text = `http://dfns${pathname}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!pathname.startsWith('/') || pathname.startsWith('//') || url?.pathname !== pathname || url.hash) {
    throw new DfnsError(
      'DFNS_BAD_REQUEST',
      'the path is not one that can be signed: begin it with one slash and encode each id with encodeURIComponent',
    );
  }
  if (!keepsItsSegments(pathname)) {
    throw new DfnsError(
      'DFNS_BAD_REQUEST',
      'the path has an encoded slash, backslash, dot segment or control character, which no id of Dfns has',
    );
  }
}

/** How often a server on the way may decode a path: once is common, and further times are known mistakes. */
const DECODINGS = 3;

/**
 * Whether the path leads to the same place if a server on the way decodes it before it looks at it. Otherwise an id
 * from outside could choose another endpoint than the one that was written and signed.
 */
function keepsItsSegments(pathname: string): boolean {
  const { length } = pathname.split('/');
  let decoded = pathname;
  for (let times = 0; times < DECODINGS && decoded.includes('%'); times += 1) {
    decoded = decoded.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    const segments = decoded.split('/');
    if (segments.length !== length || segments.some(isUnsafe)) return false;
  }
  return true;
}

/** Dot segments, backslashes and control characters, with which some servers end or leave a path. */
function isUnsafe(segment: string): boolean {
  return /^\.\.?$/.test(segment) || [...segment].some((character) => character === '\\' || character < ' ');
}

function queryText(given: string, parameters: QueryParameters = {}): string {
  const search = new URLSearchParams(given);
  for (const [key, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) search.append(key, String(item));
    }
  }
  return search.size > 0 ? `?${search}` : '';
}

function bodyText(body: string | object | undefined): string {
  if (body === undefined) return '';
  const text = typeof body === 'string' ? body : stringify(body);
  if (!text.isWellFormed()) {
    throw new DfnsError('DFNS_BAD_REQUEST', 'the body is text with lone surrogates, which UTF-8 cannot carry');
  }
  return text;
}

function stringify(body: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    // The body has a cycle or a bigint. The error below says so.
  }
  if (text === undefined || typeof body !== 'object') {
    throw new DfnsError('DFNS_BAD_REQUEST', 'the body cannot be written as JSON: give an object of plain values');
  }
  return text;
}
