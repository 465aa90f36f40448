import { DfnsError } from '../errors/dfns-error.js';

/** A page of a list; without `nextPageToken` it is the last one (dfns-api 18.1). */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/**
 * The items of all pages. A page is fetched when the iteration reaches it.
 *
 * @param fetch fetches the page of a token, and the first page without a token
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` if a page names the token of an earlier page
 */
export async function* allPages<T>(
  operation: string,
  fetch: (paginationToken?: string) => Promise<Page<T>>,
): AsyncGenerator<T, void, void> {
  const seen = new Set<string | undefined>();
  let paginationToken: string | undefined;
  do {
    seen.add(paginationToken);
    const page = await fetch(paginationToken);
    yield* page.items;
    paginationToken = page.nextPageToken;
    if (paginationToken !== undefined && seen.has(paginationToken)) {
      throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the pages of ${operation} go round in circles`, { operation });
    }
  } while (paginationToken !== undefined);
}
