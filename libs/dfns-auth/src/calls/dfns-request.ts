import type { QueryParameters, UserAction } from '../http/request-text.js';

/** Who makes a call, if no token has to be fetched for a user. */
export type BearerCaller = 'serviceAccount' | { userToken: string } | { temporaryToken: string } | 'anonymous';

/**
 * Who makes a call.
 *
 * - `'serviceAccount'`: the service account. This package signs its writes, where Dfns wants that.
 * - `{ username }`: a user, with a token that this package keeps or fetches. If Dfns refuses the token, a read or an
 *   unsigned write is made once more with a fresh one. Whoever chooses `username` is that user.
 * - `{ userToken }`, `{ temporaryToken }`: the user for whom the token was issued.
 * - `'anonymous'`: nobody; no `Authorization` header and no signature.
 */
export type RequestCaller = BearerCaller | { username: string };

/** One call of the Dfns API. */
export interface DfnsRequest extends UserAction {
  /** A list repeats its key; a parameter that is `undefined` is not sent. */
  query?: QueryParameters | undefined;
  caller: RequestCaller;
  /** The value for `X-DFNS-USERACTION`, which the user signed for exactly this request. */
  userAction?: string | undefined;
}
