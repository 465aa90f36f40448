import { DfnsError } from '../errors/dfns-error.js';

/** A page of a list; without `nextPageToken` it is the last one (dfns-api 18.1). */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/**
 * The items of all pages, fetched as they are iterated.
 *
 * @param fetch asks for the page that a token names, the first one without
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` for pages that go round in circles
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
