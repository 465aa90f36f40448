import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DFNS_AUTH_CONFIG, type DfnsAuthConfig } from '../config/config.js';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import { DFNS_ERRORS } from '../errors/error-table.js';
import { DfnsCalls } from './dfns-calls.js';

/** It is signed and never sent. Even if it were, it would change nothing. */
const HARMLESS = { method: 'GET', path: '/auth/users' } as const;

/** Finds out at start whether Dfns accepts the service account, its credential and its key: the option `checkOnStart`. */
@Injectable()
export class StartCheck implements OnModuleInit {
  readonly #logger = new Logger('DfnsAuthModule');
  readonly #calls: DfnsCalls;
  readonly #config: DfnsAuthConfig;

  constructor(calls: DfnsCalls, @Inject(DFNS_AUTH_CONFIG) config: DfnsAuthConfig) {
    this.#calls = calls;
    this.#config = config;
  }

  /** @throws DfnsError `DFNS_CONFIGURATION` with `'fail'`, if the service account cannot sign */
  async onModuleInit(): Promise<void> {
    const { checkOnStart } = this.#config;
    if (checkOnStart === 'off') return;
    try {
      await this.#calls.sign(HARMLESS, {});
    } catch (error) {
      if (!isDfnsError(error)) throw error;
      const { code, message } = error;
      const problem = `checkOnStart: the service account cannot sign at Dfns. ${code}: ${message}. ${DFNS_ERRORS[code].fix}`;
      if (checkOnStart === 'fail') throw new DfnsError('DFNS_CONFIGURATION', problem);
      this.#logger.warn(problem);
    }
  }
}
