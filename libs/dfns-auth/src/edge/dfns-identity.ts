import { type ExecutionContext, Logger } from '@nestjs/common';
import type { DfnsAuthConfig } from '../config/dfns-auth-config.js';
import type { DelegatedAuthService } from '../delegated-auth/delegated-auth.service.js';
import { DfnsPrincipal } from './dfns-principal.js';

/** Who is asking, by the `identity` option of a registration. For guards; see {@link DfnsUserGuard}. */
export class DfnsIdentity {
  readonly #identity: DfnsAuthConfig['identity'];
  readonly #service: DelegatedAuthService;
  readonly #logger = new Logger(DfnsIdentity.name);
  /** Name of the registration, if it has one. */
  readonly registration: string | undefined;

  constructor({ identity }: DfnsAuthConfig, service: DelegatedAuthService, registration?: string) {
    this.#identity = identity;
    this.#service = service;
    this.registration = registration;
  }

  /** The authenticated principal, or `undefined` where there is none, for whatever reason. */
  async principal(context: ExecutionContext): Promise<DfnsPrincipal | undefined> {
    const username = await this.#username(context);
    if (typeof username !== 'string' || username === '') return undefined;
    return new DfnsPrincipal(username, () => this.#service.getToken(username));
  }

  async #username(context: ExecutionContext): Promise<string | undefined> {
    if (!this.#identity) {
      this.#logger.error('DfnsUserGuard lets nobody in: DfnsAuthModule has no identity option to tell who is asking');
      return undefined;
    }
    try {
      return await this.#identity(context);
    } catch (error) {
      // Words of the application, which may hold anything: only their kind is told.
      this.#logger.warn(`The identity option threw ${error instanceof Error ? error.name : typeof error}`);
      return undefined;
    }
  }
}
