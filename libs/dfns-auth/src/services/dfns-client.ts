import { Injectable } from '@nestjs/common';
import type { DfnsRequest } from '../calls/dfns-request.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { CallOptions } from '../http/call-scope.js';
import { UserCalls } from '../tokens/user-calls.js';

/** Writes of a user that Dfns takes without a user action (dfns-api 7.10). */
const UNSIGNED = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/credentials/init', 'PUT /auth/logout'];

/** The rest of the Dfns API: reads, and writes signed by the service account or, beforehand, by the user. */
@Injectable()
export class DfnsClient {
  readonly #calls: UserCalls;

  constructor(calls: UserCalls) {
    this.#calls = calls;
  }

  /**
   * Makes one call.
   *
   * @returns the JSON that Dfns answered; its shape is not checked beyond being an object
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

/** A user signs what they write; what the service account writes is signed here. */
function assertSigned({ method, path, caller, userAction }: DfnsRequest): void {
  const isUser = typeof caller === 'object' && ('userToken' in caller || 'username' in caller);
  if (!isUser || method === 'GET' || userAction || UNSIGNED.includes(`${method} ${path}`)) return;
  throw new DfnsError(
    'DFNS_BAD_REQUEST',
    'a write of a user needs userAction: have the user sign it with DelegatedCeremonies.beginAction',
  );
}
