import { bodyInvalid } from '../errors/refusals.js';

/** The query of a paged list (dfns-api 18.1). */
export interface PageQuery {
  limit?: string;
  paginationToken?: string;
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** The sizes of the pages of a list (dfns-api 18.2). */
export interface PageSizes {
  /** @default 50 */
  standard?: number;
  /** @default 200 */
  max?: number;
}

/** Returns one page of a list, and the token of the next page if there is one. */
export function page<T>(items: T[], query: PageQuery, sizes?: PageSizes): Page<T> {
  const size = sizeOf(query, sizes);
  const start = positionOf(query) ?? 0;
  const end = start + size;
  return { items: items.slice(start, end), nextPageToken: end < items.length ? tokenOf(end) : undefined };
}

/** As {@link page}, from the last item to the first. Items that are added meanwhile do not move the later pages. */
export function newestPage<T>(items: T[], query: PageQuery, sizes?: PageSizes): Page<T> {
  const size = sizeOf(query, sizes);
  const end = positionOf(query) ?? items.length;
  const start = Math.max(0, end - size);
  return { items: items.slice(start, end).reverse(), nextPageToken: start > 0 ? tokenOf(start) : undefined };
}

const tokenOf = (position: number) => Buffer.from(String(position)).toString('base64url');

function sizeOf({ limit }: PageQuery, { standard = 50, max = 200 }: PageSizes = {}): number {
  const size = Number(limit ?? standard);
  if (Number.isInteger(size) && size >= 1 && size <= max) return size;
  throw bodyInvalid([`limit must be a whole number from 1 to ${max}`]);
}

function positionOf({ paginationToken }: PageQuery): number | undefined {
  if (paginationToken === undefined) return undefined;
  const position = Number(Buffer.from(paginationToken, 'base64url').toString());
  if (Number.isInteger(position) && position >= 0) return position;
  throw bodyInvalid(['paginationToken is not valid']);
}
