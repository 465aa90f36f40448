// One test needs a second copy of the package, so it loads errors/dfns-error.ts from the sources once more.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type INestApplication,
  type LoggerService,
  Module,
  Param,
  Res,
  UseFilters,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  DFNS_ERROR_CODES,
  DfnsApiError,
  DfnsError,
  type DfnsErrorCode,
  DfnsExceptionFilter,
  type DfnsHttpAnswer,
  toHttpException,
} from 'nestjs-dfns-auth';

/** The contract: the HTTP status of the answer, for each code. */
const STATUSES: Record<DfnsErrorCode, number> = {
  DFNS_CONFIGURATION: 500,
  DFNS_SIGNER_FAILED: 502,
  DFNS_CREDENTIAL_NOT_ALLOWED: 502,
  DFNS_SERVICE_ACCOUNT_REJECTED: 502,
  DFNS_SERVICE_ACCOUNT_FORBIDDEN: 502,
  DFNS_USER_NOT_FOUND: 404,
  DFNS_USER_EXISTS: 409,
  DFNS_USER_DEACTIVATED: 403,
  DFNS_USER_UNAUTHORIZED: 401,
  DFNS_USER_FORBIDDEN: 403,
  DFNS_USER_ACTION_REJECTED: 403,
  DFNS_BAD_REQUEST: 400,
  DFNS_NOT_FOUND: 404,
  DFNS_CONFLICT: 409,
  DFNS_PLAN_LIMIT: 502,
  DFNS_POLICY_PENDING: 202,
  DFNS_RATE_LIMITED: 503,
  DFNS_UNAVAILABLE: 503,
  DFNS_TIMEOUT: 504,
  DFNS_ABORTED: 499,
  DFNS_MALFORMED_RESPONSE: 502,
  DFNS_CEREMONY_INVALID: 410,
  DFNS_WEBHOOK_REFUSED: 401,
};

/** A message of Dfns and a message of the library. No client may see them. */
const UPSTREAM = 'CustomerEmployee us-1 is not authorized';
const INTERNAL = 'POST /auth/login/delegated was answered 418';

const errorOf = (code: DfnsErrorCode) =>
  new DfnsApiError(code, INTERNAL, {
    operation: 'POST /auth/login/delegated',
    upstreamStatus: 418,
    errorId: '2038837570328299032',
    upstreamMessage: UPSTREAM,
  });

@Controller()
class FailingController {
  @Get('code/:code')
  fail(@Param('code') code: DfnsErrorCode): never {
    throw errorOf(code);
  }

  @Get('wait/:ms')
  wait(@Param('ms') ms: string): never {
    throw new DfnsError('DFNS_UNAVAILABLE', 'the circuit is open', { retryAfterMs: Number(ms) });
  }

  @Get('conflict/:ms')
  conflict(@Param('ms') ms: string): never {
    throw new DfnsError('DFNS_CONFLICT', 'not a matter of time', { retryAfterMs: Number(ms) });
  }

  @Get('begun')
  begun(@Res() response: { raw?: NodeJS.WritableStream; write?(text: string): void }): never {
    const stream = (response.raw ?? response) as unknown as {
      writeHead(status: number): void;
      write(text: string): void;
    };
    stream.writeHead(200);
    stream.write('half');
    throw errorOf('DFNS_TIMEOUT');
  }

  @Get('foreign')
  foreign(): never {
    throw Object.assign(new Error('not ours'), { code: 'DFNS_TIMEOUT' });
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

/** Collects the log lines of an application. */
class Log implements LoggerService {
  readonly lines: { level: string; line: unknown; rest: unknown[] }[] = [];
  readonly #at =
    (level: string) =>
    (line: unknown, ...rest: unknown[]) =>
      void this.lines.push({ level, line, rest });
  log = this.#at('log');
  error = this.#at('error');
  warn = this.#at('warn');
}

const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

async function serve(
  adapter: keyof typeof ADAPTERS,
  filters: (app: INestApplication) => ExceptionFilter[] = () => [new DfnsExceptionFilter()],
  logger: Log = new Log(),
): Promise<{ app: INestApplication; url: string; logger: Log }> {
  const app = await NestFactory.create(FailingModule, ADAPTERS[adapter]() as ExpressAdapter, {
    logger,
    abortOnError: false,
  });
  app.useGlobalFilters(...filters(app));
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), logger };
}

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  let app: INestApplication;
  let url: string;
  let logger: Log;

  beforeAll(async () => {
    ({ app, url, logger } = await serve(adapter));
  });

  afterAll(() => app.close());

  it.each(DFNS_ERROR_CODES)('answers %s with a message for clients', async (code) => {
    const answer = await fetch(`${url}/code/${code}`);
    const text = await answer.text();
    expect(answer.status).toBe(STATUSES[code]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const body = JSON.parse(text) as DfnsHttpAnswer;
    const errorId = '2038837570328299032';
    expect(body).toEqual({
      statusCode: STATUSES[code],
      error: expect.stringMatching(/^[A-Z]/),
      message: expect.stringMatching(/^[A-Z].*\.$/),
      code,
      errorId,
    });
    expect(text).not.toContain('authorized to');
    expect(text).not.toContain('/auth/');
    expect(text).not.toContain('418');
  });

  it('sends retry-after: the time that Dfns asked for, or the reset of the quota', async () => {
    const after = async (path: string) => (await fetch(`${url}/${path}`)).headers.get('retry-after');
    expect(await after('wait/2500')).toBe('3');
    expect(await after('wait/0')).toBe('1');
    expect(await after('code/DFNS_RATE_LIMITED')).toBe('60');
    expect(await after('code/DFNS_UNAVAILABLE')).toBeNull();
    expect(await after('code/DFNS_TIMEOUT')).toBeNull();
    expect(await after('conflict/2500')).toBeNull();
  });

  it('logs one object with the details that the client does not get', async () => {
    const from = logger.lines.length;
    await fetch(`${url}/code/DFNS_SERVICE_ACCOUNT_FORBIDDEN`);
    const [logged, ...more] = logger.lines.slice(from);
    expect(more).toEqual([]);
    expect(logged).toMatchObject({ level: 'error', rest: expect.arrayContaining(['DfnsExceptionFilter']) });
    expect({ ...(logged?.line as object) }).toEqual({
      code: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN',
      operation: 'POST /auth/login/delegated',
      upstreamStatus: 418,
      errorId: '2038837570328299032',
      upstreamMessage: UPSTREAM,
      message: INTERNAL,
    });
    for (const [code, level] of [
      ['DFNS_USER_NOT_FOUND', 'warn'],
      ['DFNS_ABORTED', 'warn'],
      ['DFNS_CONFIGURATION', 'error'],
    ]) {
      await fetch(`${url}/code/${code}`);
      expect(logger.lines.at(-1)).toMatchObject({ level });
    }
  });

  it('ends an answer that has begun, and adds nothing to it', async () => {
    const from = logger.lines.length;
    const answer = await fetch(`${url}/begun`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('half');
    expect(logger.lines.slice(from).map(({ level }) => level)).toEqual(['error']);
  });

  it('ignores errors of other packages', async () => {
    const answer = await fetch(`${url}/foreign`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('DFNS');
  });
});

describe('DfnsExceptionFilter as a class', () => {
  it('works in @UseFilters and as APP_FILTER', async () => {
    @Controller('decorated')
    @UseFilters(DfnsExceptionFilter)
    class DecoratedController {
      @Get()
      fail(): never {
        throw errorOf('DFNS_CONFLICT');
      }
    }
    @Module({
      controllers: [DecoratedController, FailingController],
      providers: [{ provide: APP_FILTER, useClass: DfnsExceptionFilter }],
    })
    class ClassesModule {}
    const app = await NestFactory.create(ClassesModule, new ExpressAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    for (const path of ['decorated', 'code/DFNS_CONFLICT']) {
      expect((await fetch(`${await app.getUrl()}/${path}`)).status).toBe(409);
    }
    await app.close();
  });
});

describe('concealUserState', () => {
  const concealed = (error: DfnsError) => toHttpException(error, { concealUserState: true }).getResponse();

  it.each([
    'POST /auth/login/delegated',
    'POST /auth/registration/delegated',
    'POST /auth/registration/delegated/restart',
    'POST /auth/recover/user/delegated',
  ])('conceals what Dfns refuses to %s, which names a user', (operation) => {
    for (const code of ['DFNS_BAD_REQUEST', 'DFNS_NOT_FOUND'] as const) {
      const refused = new DfnsApiError(code, 'refused', { operation, upstreamStatus: 400, errorId: '7' });
      expect(concealed(refused)).toEqual(concealed(new DfnsError('DFNS_USER_NOT_FOUND', 'unknown')));
      // It was refused here, before it was sent.
      expect(concealed(new DfnsError(code, 'wrong', { operation }))).toMatchObject({ code });
    }
    const conflict = new DfnsApiError('DFNS_CONFLICT', 'refused', { operation, upstreamStatus: 409 });
    expect(concealed(conflict)).toMatchObject({ code: 'DFNS_CONFLICT' });
  });

  it('shows what Dfns refuses elsewhere', () => {
    const refused = new DfnsApiError('DFNS_NOT_FOUND', 'refused', { operation: 'GET /wallets', upstreamStatus: 404 });
    expect(concealed(refused)).toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it.each(['express', 'fastify'] as const)(
    'makes the answers for all states of a user equal, on %s',
    async (adapter) => {
      const { app, url } = await serve(adapter, () => [new DfnsExceptionFilter({ concealUserState: true })]);
      const states = ['NOT_FOUND', 'EXISTS', 'DEACTIVATED', 'UNAUTHORIZED'];
      const answers = await Promise.all(
        states.map(async (state) => {
          const answer = await fetch(`${url}/code/DFNS_USER_${state}`);
          const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date'));
          return { status: answer.status, headers, body: await answer.json() };
        }),
      );
      const conflict = await (await fetch(`${url}/code/DFNS_CONFLICT`)).json();
      await app.close();
      expect(conflict).toHaveProperty('errorId');
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]).toMatchObject({ status: 401, body: { statusCode: 401, code: 'DFNS_USER_UNAUTHORIZED' } });
      expect(answers[0]?.body).not.toHaveProperty('errorId');
    },
  );
});

describe('with a catch-all filter of the application, the filter that', () => {
  @Catch()
  class CatchAll extends BaseExceptionFilter {
    override catch(error: unknown, host: ArgumentsHost): void {
      super.catch(
        error instanceof DfnsError ? toHttpException(error) : new HttpException('of the application', 418),
        host,
      );
    }
  }
  const catchAll = (app: INestApplication) => new CatchAll(app.get(HttpAdapterHost).httpAdapter);

  it.each([
    ['the application adds last answers', (app: INestApplication) => [catchAll(app), new DfnsExceptionFilter()]],
    ['calls toHttpException gives the same answer', (app: INestApplication) => [catchAll(app)]],
  ])('%s', async (_, filters) => {
    const { app, url } = await serve('express', filters);
    const ours = await fetch(`${url}/code/DFNS_USER_EXISTS`);
    expect({ status: ours.status, body: await ours.json() }).toMatchObject({
      status: 409,
      body: { code: 'DFNS_USER_EXISTS' },
    });
    expect((await fetch(`${url}/foreign`)).status).toBe(418);
    await app.close();
  });
});

describe('an error of a second copy of the package', () => {
  it('is also an error of this copy for instanceof, the filter and toHttpException', async () => {
    const copy = (await import(
      `../src/errors/dfns-error.js${'?copy'}`
    )) as typeof import('../src/errors/dfns-error.js');
    expect(copy.DfnsApiError).not.toBe(DfnsApiError);
    const details = { operation: 'GET /x', upstreamStatus: 401, errorId: '7' };
    const foreign = new copy.DfnsApiError('DFNS_USER_NOT_FOUND', 'of the copy', details);
    expect(Object.getPrototypeOf(foreign)).not.toBe(DfnsApiError.prototype);
    expect(foreign).toBeInstanceOf(DfnsError);
    expect(foreign).toBeInstanceOf(DfnsApiError);
    expect(toHttpException(foreign as never).getResponse()).toMatchObject({ statusCode: 404, errorId: '7' });
  });

  it.each([undefined, null, 'DfnsError', {}, new Error('other'), { code: 'DFNS_TIMEOUT' }])(
    '%p is not one',
    (value) => {
      expect(value instanceof (DfnsError as never)).toBe(false);
      expect(value instanceof (DfnsApiError as never)).toBe(false);
    },
  );

  it('is recognised by its brand, which all copies and versions share', () => {
    const plain = { [Symbol.for('nestjs-dfns-auth/DfnsError')]: true, code: 'DFNS_TIMEOUT' };
    const api = { ...plain, [Symbol.for('nestjs-dfns-auth/DfnsApiError')]: true };
    expect(plain).toBeInstanceOf(DfnsError);
    expect(plain).not.toBeInstanceOf(DfnsApiError);
    expect(api).toBeInstanceOf(DfnsApiError);
  });

  it('has no member without a value', () => {
    expect(Object.keys(new DfnsError('DFNS_TIMEOUT', 'late')).sort()).toEqual(['code', 'mayHaveHappened', 'name']);
    const details = { operation: 'GET /x', upstreamStatus: 500 };
    const api = new DfnsApiError('DFNS_UNAVAILABLE', 'answered 500', details);
    expect(Object.keys(api).sort()).toEqual(['code', 'mayHaveHappened', 'name', 'operation', 'upstreamStatus']);
    expect(Object.keys(toHttpException(api).getResponse())).not.toContain('errorId');
  });

  it('has the name of its class, and says what it was given', () => {
    const details = { operation: 'POST /wallets', upstreamStatus: 202, pending: { approvalRequest: { id: 'ap-1' } } };
    const api = new DfnsApiError('DFNS_POLICY_PENDING', 'answered 202', { ...details, mayHaveHappened: true });
    expect(api).toMatchObject({ name: 'DfnsApiError', mayHaveHappened: true, pending: details.pending });
    expect(new DfnsError('DFNS_TIMEOUT', 'late')).toMatchObject({ name: 'DfnsError', mayHaveHappened: false });
  });

  it('belongs only to its own classes', () => {
    const plain = new DfnsError('DFNS_TIMEOUT', 'late');
    class Mine extends DfnsError {}
    class MyApi extends DfnsApiError {}
    expect(plain).not.toBeInstanceOf(DfnsApiError);
    expect(plain).not.toBeInstanceOf(Mine);
    expect(new Mine('DFNS_TIMEOUT', 'late')).toBeInstanceOf(Mine);
    expect(errorOf('DFNS_TIMEOUT')).not.toBeInstanceOf(MyApi);
  });

  it('becomes a 500 when only the other copy knows its code', () => {
    const unknown = new DfnsError('DFNS_OF_TOMORROW' as DfnsErrorCode, 'new');
    expect(toHttpException(unknown).getResponse()).toEqual({
      statusCode: 500,
      error: 'Internal Server Error',
      message: 'The wallet service failed.',
      code: 'DFNS_OF_TOMORROW',
    });
  });
});
