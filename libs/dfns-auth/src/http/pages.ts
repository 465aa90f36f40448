import { DfnsError } from '../errors/dfns-error.js';
import type { CallScope } from './call-scope.js';

/** A page of a list; without `nextPageToken` it is the last one (dfns-api 18.1). */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** Most pages of one walk: 200,000 users. */
const MAX_PAGES = 1_000;

/** Runs a function in the scope of a call, as `DfnsCalls.scope` does. */
export type RunInScope = <T>(call: (scope: CallScope) => Promise<T>) => Promise<T>;

/**
 * The items of all pages. A page is fetched when the iteration reaches it. The whole walk is one call: all its pages
 * share one scope, which begins with the first page.
 *
 * @param fetch fetches the page of a token, and the first page without a token
 * @throws DfnsError `DFNS_MALFORMED_RESPONSE` if a page names the token of an earlier page, or if there are more than
 * {@link MAX_PAGES} pages
 */
export async function* allPages<T>(
  operation: string,
  runInScope: RunInScope,
  fetch: (paginationToken: string | undefined, scope: CallScope) => Promise<Page<T>>,
): AsyncGenerator<T, void, void> {
  const { scope, close } = await openScope(runInScope);
  const seen = new Set<string | undefined>();
  let paginationToken: string | undefined;
  try {
    do {
      seen.add(paginationToken);
      const page = await fetch(paginationToken, scope);
      yield* page.items;
      paginationToken = page.nextPageToken;
      if (paginationToken !== undefined) assertGoesOn(operation, paginationToken, seen);
    } while (paginationToken !== undefined);
  } finally {
    close();
  }
}

function assertGoesOn(operation: string, next: string, seen: ReadonlySet<string | undefined>): void {
  if (!seen.has(next) && seen.size < MAX_PAGES) return;
  const problem = seen.has(next) ? 'repeat' : `do not end after ${MAX_PAGES}`;
  throw new DfnsError('DFNS_MALFORMED_RESPONSE', `the pages of ${operation} ${problem}: not all items were read`, {
    operation,
  });
}

/** Opens a scope that stays open until `close` is called, or until it ends. */
function openScope(runInScope: RunInScope): Promise<{ scope: CallScope; close: () => void }> {
  return new Promise((resolve, reject) => {
    runInScope(
      (scope) =>
        new Promise<void>((close) => {
          resolve({ scope, close });
        }),
    ).catch(reject);
  });
}
