import { bodyInvalid } from '../errors/refusals.js';

/** The query of a paged list (dfns-api 18.1). */
export interface PageQuery {
  limit?: string;
  paginationToken?: string;
}

/** Returns one page of a list, and the token of the next page if there is one. */
export function page<T>(
  items: T[],
  { limit = '50', paginationToken }: PageQuery,
): { items: T[]; nextPageToken?: string } {
  const size = Number(limit);
  if (!Number.isInteger(size) || size < 1 || size > 200) {
    throw bodyInvalid(['the query parameter limit must be a whole number from 1 to 200']);
  }
  const start = paginationToken === undefined ? 0 : position(paginationToken);
  const end = start + size;
  const nextPageToken = end < items.length ? tokenOf(end) : undefined;
  return { items: items.slice(start, end), nextPageToken };
}

const tokenOf = (start: number) => Buffer.from(String(start)).toString('base64url');

/** The position at which a page begins. @throws Refusal 400 for a text that is not a token of {@link page} */
function position(token: unknown): number {
  const start = Number(Buffer.from(String(token), 'base64url').toString());
  if (Number.isInteger(start) && start > 0 && tokenOf(start) === token) return start;
  throw bodyInvalid(['the query parameter paginationToken is not one that this list gave']);
}
