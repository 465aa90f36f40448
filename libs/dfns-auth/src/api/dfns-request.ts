import type { QueryParameters } from '../client/request-target.js';

/** In whose name a call is made. */
export type RequestCaller = 'serviceAccount' | { userToken: string } | { temporaryToken: string };

/** One call of the Dfns API. */
export interface DfnsRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the leading slash, ids percent-encoded. */
  path: string;
  /** Lists repeat their key; `undefined` is left out. */
  query?: QueryParameters;
  /** Text is taken as it is. An object is serialised once, and that text is signed and sent. */
  body?: string | object;
  /** A write of the service account is signed here; a write of a user needs `userAction`. */
  caller: RequestCaller;
  /** The value for `X-DFNS-USERACTION`, signed by the user for exactly this request. */
  userAction?: string;
}
