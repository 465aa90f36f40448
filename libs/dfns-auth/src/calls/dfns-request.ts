import type { QueryParameters, UserAction } from '../http/request-text.js';

/** In whose name one call of the API is made, with the bearer at hand. */
export type BearerCaller = 'serviceAccount' | { userToken: string } | { temporaryToken: string } | 'anonymous';

/**
 * In whose name a call is made.
 *
 * - `'serviceAccount'`: the service account; its writes are signed for the caller.
 * - `{ username }`: a user, with a token that this package keeps or fetches. When Dfns refuses the token, a read, or a
 *   write that needs no signature, is made once more with a fresh one. Whoever chooses `username` is that user.
 * - `{ userToken }`, `{ temporaryToken }`: whoever the token was made for.
 * - `'anonymous'`: nobody; no `Authorization` header and no signature.
 */
export type RequestCaller = BearerCaller | { username: string };

/** One call of the Dfns API. */
export interface DfnsRequest extends UserAction {
  /** Lists repeat their key; `undefined` is left out. */
  query?: QueryParameters;
  caller: RequestCaller;
  /** The value for `X-DFNS-USERACTION`, which the user signed for exactly this request. */
  userAction?: string;
}
