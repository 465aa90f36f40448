import { type ExecutionContext, type InjectionToken, Logger } from '@nestjs/common';
import type { DfnsAuthConfig } from '../config/config.js';
import type { DelegatedAuthService } from '../services/delegated-auth.service.js';
import { DfnsPrincipal } from './dfns-principal.js';

/**
 * Injection token of the {@link DfnsIdentity} of the unnamed instance. It is a global symbol, so that a second copy of
 * the package finds it.
 */
export const DFNS_IDENTITY = Symbol.for('nestjs-dfns-auth/identity');

/** Finds the user of a request with the `identity` option of an instance. For guards; see {@link DfnsUserGuard}. */
export class DfnsIdentity {
  readonly #identity: DfnsAuthConfig['identity'];
  readonly #service: DelegatedAuthService;
  readonly #logger = new Logger('DfnsIdentity');
  /** Name of the instance, if it has one. */
  readonly instance: string | undefined;

  constructor({ identity }: DfnsAuthConfig, service: DelegatedAuthService, instance?: string) {
    this.#identity = identity;
    this.#service = service;
    this.instance = instance;
  }

  /** The authenticated principal; `undefined` if `identity` is not set, throws, or returns no name. */
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
      // The message of an error of the application may contain anything, so only its name is logged.
      this.#logger.warn(`The identity option threw ${error instanceof Error ? error.name : typeof error}`);
      return undefined;
    }
  }
}

/** Injection token of the identity of an instance: the same as `getDfnsToken(DfnsIdentity, name)`. */
export const identityToken = (name?: string): InjectionToken =>
  name === undefined ? DfnsIdentity : Symbol.for(`nestjs-dfns-auth/DfnsIdentity/${name}`);
