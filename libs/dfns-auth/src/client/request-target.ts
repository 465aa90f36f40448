import { DfnsError } from '../errors/dfns.error.js';

/** Where a request goes: the path that is signed, and the query that is sent behind it and not signed (spec 8.1). */
export interface RequestTarget {
  path: string;
  /** With its `?`, or empty. */
  query: string;
}

/** Query parameters; a list repeats its key, `undefined` leaves it out. */
export type QueryParameters = Record<string, string | number | boolean | undefined | (string | number)[]>;

/**
 * Splits and checks a path. It must be written as it goes over the wire (percent-encoded, without dot segments), because
 * the text that is signed is the text that is sent.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for a path that would be sent otherwise than it reads
 */
export function requestTarget(path: string, parameters: QueryParameters = {}): RequestTarget {
  const [pathname = '', ...rest] = typeof path === 'string' ? path.split('?') : [];
  const url = parse(pathname);
  if (!pathname.startsWith('/') || pathname.startsWith('//') || url?.pathname !== pathname || url.hash) {
    throw new DfnsError(
      'DFNS_BAD_REQUEST',
      'the path is not one that can be signed: begin it with one slash and encode each id with encodeURIComponent',
    );
  }
  const search = new URLSearchParams(rest.join('?'));
  for (const [key, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) search.append(key, String(item));
    }
  }
  return { path: pathname, query: search.size > 0 ? `?${search}` : '' };
}

function parse(pathname: string): URL | undefined {
  const url = `http://dfns${pathname}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
