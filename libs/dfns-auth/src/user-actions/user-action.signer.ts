import { Inject, Injectable } from '@nestjs/common';
import type { CallOptions } from '../client/call-scope.js';
import { DfnsFlows } from '../client/dfns-flows.js';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/dfns-auth-config.js';
import { UserActionExchange } from './user-action.exchange.js';
import { serializeAction, type UserAction } from './user-action.js';

/** Signs writes with the key of the service account. */
@Injectable()
export class UserActionSigner {
  readonly #flows: DfnsFlows;
  readonly #exchange: UserActionExchange;
  readonly #config: DfnsAuthConfig;

  constructor(flows: DfnsFlows, exchange: UserActionExchange, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#flows = flows;
    this.#exchange = exchange;
    this.#config = config;
  }

  /**
   * Two requests: `POST /auth/action/init`, `POST /auth/action`.
   *
   * @returns the value for `X-DFNS-USERACTION`: good for one request of exactly this method, path and body
   * @throws DfnsError
   */
  async sign(action: UserAction, options: CallOptions = {}): Promise<string> {
    const serialized = serializeAction(action);
    return this.#flows.run({ operation: 'POST /auth/action', repeatable: true }, options, async (attempt) =>
      this.#exchange.sign(serialized, await attempt.scope.race(this.#config.authToken()), attempt),
    );
  }
}
