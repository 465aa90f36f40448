import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as first from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { useSandbox } from './support/use-sandbox.js';

/** A second copy of the package, as another version of it in the same process would be. */
let second: typeof first;
const world = useSandbox({ users: ['ada'] });
let app: INestApplication;

beforeAll(async () => {
  jest.resetModules();
  second = await import('nestjs-dfns-auth');
  const identity = () => 'ada';

  @Injectable()
  class Named {
    constructor(@Inject(second.getDfnsToken(second.DfnsUsers, 'eu')) readonly users: first.DfnsUsers) {}
  }

  @Controller()
  @UseGuards(second.DfnsUserGuard)
  @UseFilters(new second.DfnsExceptionFilter())
  class WhoController {
    constructor(
      private readonly dfns: first.DfnsClient,
      readonly named: Named,
    ) {}

    @Get('who')
    who(@second.DfnsUsername() username: string, @second.DfnsToken() token: string) {
      return { username, isToken: token.startsWith('ey') };
    }

    @Get('missing')
    missing() {
      return this.dfns.request({
        method: 'GET',
        path: '/wallets/wa-aaaaa-bbbbb-cccccccccccccccc',
        caller: { username: 'ada' },
      });
    }

    @Get('users')
    users() {
      return this.named.users.list();
    }
  }
  Reflect.defineMetadata('design:paramtypes', [first.DfnsClient, Named], WhoController);

  @Module({
    imports: [
      first.DfnsAuthModule.forRoot({ ...optionsFor(world.sandbox), identity }),
      first.DfnsAuthModule.forRoot({ ...optionsFor(world.sandbox), name: 'eu' }),
    ],
    controllers: [WhoController],
    providers: [Named],
  })
  class Application {}

  app = await NestFactory.create(Application, { logger: false });
  await app.listen(0, '127.0.0.1');
});

afterAll(() => app.close());

const get = async (path: string) => {
  const answer = await fetch(`${await app.getUrl()}${path}`);
  return { status: answer.status, body: await answer.json() };
};

describe('a second copy of the package in one process', () => {
  it('is another copy', () => {
    expect(second.DfnsUserGuard).not.toBe(first.DfnsUserGuard);
    expect(second.DfnsError).not.toBe(first.DfnsError);
  });

  it('has a guard and decorators that find the module of the first', async () => {
    expect(await get('/who')).toEqual({ status: 200, body: { username: 'ada', isToken: true } });
  });

  it('has a filter that knows the errors of the first', async () => {
    expect(await get('/missing')).toMatchObject({ status: 404, body: { code: 'DFNS_NOT_FOUND' } });
  });

  it('has tokens for the named instances of the first', async () => {
    expect(await get('/users')).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
  });

  it('tells its errors and those of the first by instanceof, both ways', () => {
    const error = new first.DfnsApiError('DFNS_NOT_FOUND', 'x', { operation: 'GET /x', upstreamStatus: 404 });
    expect(error).toBeInstanceOf(second.DfnsError);
    expect(error).toBeInstanceOf(second.DfnsApiError);
    expect(new second.DfnsError('DFNS_TIMEOUT', 'x')).toBeInstanceOf(first.DfnsError);
    expect(new second.DfnsError('DFNS_TIMEOUT', 'x')).not.toBeInstanceOf(first.DfnsApiError);
    expect([error.name, new second.DfnsError('DFNS_TIMEOUT', 'x').name]).toEqual(['DfnsApiError', 'DfnsError']);
  });
});
