import type { IncomingMessage } from 'node:http';
import type { Caller } from '../access/caller.js';

/** A request on its way through the sandbox. */
export interface DfnsRequest extends IncomingMessage {
  method: string;
  /** Path and query as they were sent. */
  originalUrl: string;
  /** The body exactly as it was sent: what a user action signs (spec 8.1). */
  bodyText: string;
  /** Set by the bearer guard. */
  caller?: Caller;
}
