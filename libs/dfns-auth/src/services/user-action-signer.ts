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
   * Makes a user action with two requests: `POST /auth/action/init` and `POST /auth/action`.
   *
   * @returns the value for `X-DFNS-USERACTION`, valid for one request with exactly this method, path and body
   * @throws DfnsError
   */
  sign(action: UserAction, options: CallOptions = {}): Promise<string> {
    return this.#calls.sign(action, options);
  }
}
