import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DfnsSandbox } from 'dfns-sandbox';
import { type DfnsAuthModuleOptions, type DfnsAuthOptionsFactory, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { sessionUsername } from '../session/session-username.js';

/**
 * The Dfns that this application uses: the one that `DFNS_*` variables name, or a local one if none is set. In production
 * there is no local one, since everybody knows the password of its demo account.
 */
@Injectable()
export class DfnsConnection implements DfnsAuthOptionsFactory, OnApplicationShutdown {
  #sandbox?: DfnsSandbox;

  /** The local Dfns, if the application uses it. */
  get sandbox(): DfnsSandbox | undefined {
    return this.#sandbox;
  }

  get isLocal(): boolean {
    return this.#sandbox !== undefined;
  }

  async createDfnsAuthOptions(): Promise<DfnsAuthModuleOptions> {
    const options = isConfigured() || isProduction() ? dfnsAuthConfig() : await this.#startSandbox();
    return { ...options, identity: (context) => sessionUsername(context.switchToHttp().getRequest()) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#sandbox?.stop();
  }

  async #startSandbox(): Promise<DfnsAuthModuleOptions> {
    const sandbox = await DfnsSandbox.start({ strict: true });
    this.#sandbox = sandbox;
    const { authToken, credId, privateKey = '' } = sandbox.createServiceAccount({});
    return {
      baseUrl: sandbox.url,
      orgId: sandbox.orgId,
      serviceAccount: { authToken, credential: { credId, privateKey } },
    };
  }
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

function isConfigured(): boolean {
  return Object.keys(process.env).some((name) => name.startsWith('DFNS_'));
}
