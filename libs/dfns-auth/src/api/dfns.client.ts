import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../client/call-scope.js';
import { DfnsError } from '../errors/dfns.error.js';
import { ApiCalls } from './api-calls.js';
import type { DfnsRequest } from './dfns-request.js';

/** Writes with a user token that Dfns takes without a user action (spec 11.2, 11.4, 11.6). */
const UNSIGNED = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/credentials/init', 'PUT /auth/logout'];

/** The rest of the Dfns API: reads, and writes signed by the service account or, beforehand, by the user. */
@Injectable()
export class DfnsClient {
  readonly #calls: ApiCalls;

  constructor(calls: ApiCalls) {
    this.#calls = calls;
  }

  /**
   * @returns the JSON that Dfns answered; its shape is not checked beyond being JSON
   * @throws DfnsError; `DFNS_BAD_REQUEST` before any request for a user's write without a user action
   */
  async request<T>(request: DfnsRequest, options: CallOptions = {}): Promise<T> {
    const { method, path, caller, userAction } = request;
    const read = method === 'GET';
    if (typeof caller === 'object' && 'userToken' in caller && !read && !userAction) {
      if (!UNSIGNED.includes(`${method} ${path}`)) {
        throw new DfnsError(
          'DFNS_BAD_REQUEST',
          'a write with a user token needs userAction: have the user sign it with DelegatedCeremonies.beginAction',
        );
      }
    }
    return this.#calls.perform(request, { repeatable: read, read: (answer) => answer as T }, options);
  }
}
