import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  ConsoleLogger,
  Controller,
  Get,
  type INestApplication,
  type LoggerService,
  type LogLevel,
  Module,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { DfnsApiError, DfnsError, DfnsExceptionFilter } from 'nestjs-dfns-auth';

const DETAILS = {
  operation: 'POST /auth/login/delegated',
  upstreamStatus: 503,
  errorId: '2038837570328299032',
  upstreamMessage: 'first line\nsecond line \u202egnitsaf\u2028 "quoted" é',
};
const FIELDS = { code: 'DFNS_UNAVAILABLE', message: 'POST /auth/login/delegated was answered 503', ...DETAILS };

const logLevels: LogLevel[] = ['error', 'warn'];

@Controller()
class FailingController {
  @Get('refused')
  refused(): never {
    throw new DfnsApiError('DFNS_UNAVAILABLE', FIELDS.message, DETAILS);
  }

  @Get('late')
  late(): never {
    throw new DfnsError('DFNS_ABORTED', 'the call was aborted');
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

let app: INestApplication;

afterEach(async () => {
  jest.restoreAllMocks();
  await app.close();
});

/** Returns what an application with this logger writes to its two streams when a request to `path` fails. */
async function written(logger: LoggerService, path = 'refused'): Promise<string> {
  app = await NestFactory.create(FailingModule, new ExpressAdapter(), { logger, abortOnError: false });
  app.useGlobalFilters(new DfnsExceptionFilter());
  await app.listen(0, '127.0.0.1');
  const texts: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  }
  await fetch(`${await app.getUrl()}/${path}`);
  jest.restoreAllMocks();
  return texts.join('');
}

describe('what the filter logs', () => {
  it.each([true, false])("is one line in Nest's text logger, with colours: %s", async (colors) => {
    const text = await written(new ConsoleLogger({ colors, logLevels }));
    expect(text.trimEnd().split(/[\n\r\u2028\u2029]/)).toHaveLength(1);
    expect(text).toMatch(/ERROR.*\[DfnsExceptionFilter\]/);
    expect(text).not.toMatch(/[\u202e\u2028]/);
    expect(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))).toEqual(FIELDS);
  });

  it("has its fields in Nest's JSON logger", async () => {
    const text = await written(new ConsoleLogger({ json: true, logLevels }));
    expect(text.trimEnd()).not.toContain('\n');
    expect(JSON.parse(text)).toMatchObject({ level: 'error', context: 'DfnsExceptionFilter', message: FIELDS });
  });

  it('has its fields in a logger that merges objects into its records, as nestjs-pino does', async () => {
    const records: object[] = [];
    /** nestjs-pino: the last argument is the context, an object is merged, and the other arguments go to pino. */
    const at =
      (level: string) =>
      (message: unknown, ...rest: unknown[]) => {
        const record = { level, context: rest.at(-1) };
        const [msg] = typeof message === 'object' ? rest.slice(0, -1) : [message];
        records.push(Object.assign(record, typeof message === 'object' && message, msg !== undefined && { msg }));
      };
    await written({ log: () => {}, error: at('error'), warn: at('warn') });
    await app.close();
    await written({ log: () => {}, error: at('error'), warn: at('warn') }, 'late');
    expect(records).toEqual([
      { level: 'error', context: 'DfnsExceptionFilter', ...FIELDS },
      { level: 'warn', context: 'DfnsExceptionFilter', code: 'DFNS_ABORTED', message: 'the call was aborted' },
    ]);
  });
});
