import { afterAll, beforeAll } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DfnsSandbox } from 'dfns-sandbox';
import { createApplication } from '../../src/application.js';
import { DfnsConnection } from '../../src/dfns/dfns-connection.js';

/** The reference application with its own sandbox. Its members work inside hooks and tests. */
export class RunningApplication {
  #app!: NestExpressApplication;
  url = '';

  /** The address for a browser: passkeys work on `localhost`, and not on an IP address. */
  get origin(): string {
    return `http://localhost:${new URL(this.url).port}`;
  }

  /** The sandbox that the application uses. */
  get sandbox(): DfnsSandbox {
    return this.#app.get(DfnsConnection).sandbox as DfnsSandbox;
  }

  async start(): Promise<void> {
    this.#app = await createApplication({ logger: false });
    await this.#app.listen(this.url ? new URL(this.url).port : 0, 'localhost');
    this.url = await this.#app.getUrl();
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

/** Starts the reference application before the tests of a `describe` block, and stops it after them. */
export function useApplication(): RunningApplication {
  const application = new RunningApplication();
  beforeAll(() => application.start());
  afterAll(() => application.stop());
  return application;
}
