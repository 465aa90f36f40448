import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import type { CallOptions } from '../http/call-scope.js';
import type { UserAction } from '../http/request-text.js';

/** Signs writes with the key of the service account. */
@Injectable()
export class UserActionSigner {
  readonly #calls: DfnsCalls;

  constructor(calls: DfnsCalls) {
    this.#calls = calls;
  }

  /**
   * Two requests: `POST /auth/action/init`, `POST /auth/action`.
   *
   * @returns the value for `X-DFNS-USERACTION`: good for one request of exactly this method, path and body
   * @throws DfnsError
   */
  sign(action: UserAction, options: CallOptions = {}): Promise<string> {
    return this.#calls.sign(action, options);
  }
}
