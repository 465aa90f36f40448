import { Injectable } from '@nestjs/common';
import type { DfnsRequest } from '../calls/dfns-request.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { CallOptions } from '../http/call-scope.js';
import { UserCalls } from '../tokens/user-calls.js';

/** Writes of a user that are sent without a user action (dfns-api 7.10). */
const UNSIGNED = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/credentials/init', 'PUT /auth/logout'];

/** Makes any call of the Dfns API: reads, writes of the service account, and writes that a user has signed before. */
@Injectable()
export class DfnsClient {
  readonly #calls: UserCalls;

  constructor(calls: UserCalls) {
    this.#calls = calls;
  }

  /**
   * Makes one call. Writes of the service account are signed by this package.
   *
   * @returns the JSON object that Dfns answered; its members are not checked
   * @throws DfnsError; `DFNS_BAD_REQUEST` before any request for a write of a user without a user action
   */
  async request<T>(request: DfnsRequest, options: CallOptions = {}): Promise<T> {
    assertSigned(request);
    const details = {
      repeatable: request.method === 'GET',
      read: (answer: { unchecked<T>(): T }) => answer.unchecked<T>(),
    };
    return this.#calls.perform(request, details, options);
  }
}

/** Refuses a write of a user without a user action. Writes of the service account are signed later. */
function assertSigned({ method, path, caller, userAction }: DfnsRequest): void {
  const isUser = typeof caller === 'object' && ('userToken' in caller || 'username' in caller);
  if (!isUser || method === 'GET' || userAction || UNSIGNED.includes(`${method} ${path}`)) return;
  throw new DfnsError(
    'DFNS_BAD_REQUEST',
    'a write of a user needs userAction: have the user sign it with DelegatedCeremonies.beginAction',
  );
}
