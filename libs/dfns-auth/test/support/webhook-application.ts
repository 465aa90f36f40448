import { Controller, type INestApplication, Post } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  type Clock,
  DFNS_CLOCK,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsExceptionFilter,
  DfnsWebhook,
  DfnsWebhookEvent,
} from 'nestjs-dfns-auth';

/** The HTTP servers of Nest. */
export const ADAPTERS: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

export interface WebhookApplicationOptions {
  options: DfnsAuthModuleOptions;
  /** Name of the instance. */
  name?: string;
  handle: (event: DfnsWebhookEvent) => unknown;
  now?: Clock;
  adapter?: ExpressAdapter | FastifyAdapter;
  rawBody?: boolean;
  /** Gets every line that the application logs as a warning or an error. */
  log?: (line: string) => void;
}

/** An application with one handler for webhooks, and one more at `/other`. */
export class WebhookApplication {
  private constructor(
    private readonly app: INestApplication,
    readonly url: string,
  ) {}

  static async start({ handle, name, log = () => {}, ...given }: WebhookApplicationOptions) {
    @Controller()
    class WebhookController {
      @Post('hook')
      @DfnsWebhook(name)
      hook(@DfnsWebhookEvent(name) event: DfnsWebhookEvent): unknown {
        return handle(event);
      }

      @Post('other')
      @DfnsWebhook(name)
      other(@DfnsWebhookEvent(name) event: DfnsWebhookEvent): unknown {
        return handle(event);
      }

      @Post('bare')
      bare(@DfnsWebhookEvent(name) event: DfnsWebhookEvent): unknown {
        return handle(event);
      }
    }

    const imports = [DfnsAuthModule.forRoot({ ...given.options, ...(name !== undefined && { name }) })];
    const built = await Test.createTestingModule({ imports, controllers: [WebhookController] })
      .overrideProvider(DFNS_CLOCK)
      .useValue(given.now ?? (() => Date.now()))
      .compile();
    const write = (line: unknown) => log(typeof line === 'string' ? line : JSON.stringify(line));
    const logger = { log() {}, debug() {}, verbose() {}, warn: write, error: write, fatal: write };
    const adapter = given.adapter ?? new ExpressAdapter();
    const app = built.createNestApplication(adapter as ExpressAdapter, { rawBody: given.rawBody ?? true, logger });
    app.useGlobalFilters(new DfnsExceptionFilter());
    await app.listen(0, '127.0.0.1');
    return new WebhookApplication(app, await app.getUrl());
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
