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
  const start = paginationToken === undefined ? 0 : Number(Buffer.from(paginationToken, 'base64url').toString());
  if (!Number.isInteger(size) || size < 1 || size > 200)
    throw bodyInvalid(['limit must be a whole number from 1 to 200']);
  if (!Number.isInteger(start) || start < 0) throw bodyInvalid(['paginationToken is not valid']);
  const end = start + size;
  const nextPageToken = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: items.slice(start, end), nextPageToken };
}
