import { afterEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  type Provider,
  Query as QueryParameter,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  DelegatedAuthService,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsError,
  DfnsIdentity,
  DfnsToken,
  DfnsUserGuard,
  DfnsUsername,
  getDfnsToken,
  InjectDfns,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { usernameOf } from './support/token-claims.js';
import { useSandbox } from './support/use-sandbox.js';

/** Reads the principal of these applications from a header. A real application would take it from its own login. */
type Identity = NonNullable<DfnsAuthModuleOptions['identity']>;
const requestOf = (context: ExecutionContext) =>
  context.getType<string>() === 'http' ? context.switchToHttp().getRequest() : context.getArgByIndex(2).req;
const fromHeader: Identity = (context) => requestOf(context).headers['x-principal'];

@Controller()
@UseGuards(DfnsUserGuard)
class MeController {
  constructor(@Inject(DelegatedAuthService) private readonly service: DelegatedAuthService) {}

  @Get('name')
  name(@DfnsUsername() username: string) {
    return { username };
  }

  @Get('token')
  token(@DfnsToken() first: string, @DfnsToken() second: string) {
    return { first, second };
  }

  @Get('forget')
  async forget(@DfnsUsername() username: string) {
    await this.service.forget(username);
    return {};
  }
}

@Controller('open')
class UnguardedController {
  @Get('name')
  name(@DfnsUsername() username: string, @QueryParameter() query: object) {
    return { username, query };
  }

  @Get('token')
  token(@DfnsToken() token: string) {
    return { token };
  }
}

@Injectable()
class EuUserGuard extends DfnsUserGuard {
  constructor(@InjectDfns(DfnsIdentity, 'eu') identity: DfnsIdentity) {
    super(identity);
  }
}

@Controller('both')
@UseGuards(DfnsUserGuard, EuUserGuard)
class BothController {
  @Get()
  both(@DfnsUsername() username: string, @DfnsUsername('eu') euUsername: string, @DfnsToken('eu') euToken: string) {
    return { username, euUsername, euToken };
  }
}

@Resolver()
class MeResolver {
  @Query(() => String)
  @UseGuards(DfnsUserGuard)
  name(@DfnsUsername() username: string): string {
    return username;
  }

  @Query(() => String)
  @UseGuards(DfnsUserGuard)
  token(@DfnsToken() token: string): string {
    return token;
  }

  @Query(() => String)
  unguarded(@DfnsUsername() username: string): string {
    return username;
  }
}

const GraphQl = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
const ADAPTERS: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

const world = useSandbox({ users: ['ada', 'bob'] });
let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

interface Parts {
  identity?: Identity;
  adapter?: ExpressAdapter | FastifyAdapter;
  imports?: Parameters<typeof Module>[0]['imports'];
  controllers?: Type[];
  providers?: Provider[];
}

async function serve({ identity, adapter = new ExpressAdapter(), imports = [], ...rest }: Parts): Promise<string> {
  const library = DfnsAuthModule.forRoot({ ...optionsFor(world.sandbox, { identity }), isGlobal: true });
  @Module({ imports: [library, ...imports], ...rest })
  class Application {}
  const built = await Test.createTestingModule({ imports: [Application] }).compile();
  app = built.createNestApplication(adapter as ExpressAdapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

const get = async (url: string, principal?: string) => {
  const answer = await fetch(url, { headers: principal === undefined ? {} : { 'x-principal': principal } });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};

describe.each(ADAPTERS)('DfnsUserGuard on %s', (_, adapter) => {
  const controllers = [MeController, UnguardedController];

  it('gives the handler the username from identity, and ignores the query of the client', async () => {
    const url = await serve({ identity: fromHeader, adapter: adapter(), controllers });
    expect(await get(`${url}/name?username=bob`, 'ada')).toEqual({ status: 200, body: { username: 'ada' } });
    expect(await get(`${url}/name?username=ada`, 'bob')).toEqual({ status: 200, body: { username: 'bob' } });
  });

  it('gives the handler a valid token of that user after one login', async () => {
    const url = await serve({ identity: fromHeader, adapter: adapter(), controllers });
    const before = world.sandbox.requests.length;
    const { body } = await get(`${url}/token`, 'ada');
    expect(world.operations(before)).toHaveLength(3);
    expect(body.second).toBe(body.first);
    const taken = await fetch(`${world.sandbox.url}/wallets`, { headers: { authorization: `Bearer ${body.first}` } });
    expect(taken.status).toBe(200);
    expect(usernameOf(body.first as string)).toBe('ada');
  });

  it('sends nothing to Dfns when the handler needs no token', async () => {
    const url = await serve({ identity: fromHeader, adapter: adapter(), controllers });
    const before = world.sandbox.requests.length;
    await get(`${url}/name`, 'ada');
    await get(`${url}/forget`, 'ada');
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it('refuses a request without a principal', async () => {
    const url = await serve({ identity: fromHeader, adapter: adapter(), controllers });
    expect((await get(`${url}/name`)).status).toBe(401);
    expect((await get(`${url}/name?x-principal=ada`)).status).toBe(401);
  });

  it('is needed: without it, the decorators refuse the request', async () => {
    const url = await serve({ identity: fromHeader, adapter: adapter(), controllers });
    for (const path of ['open/name', 'open/token']) {
      const { status, body } = await get(`${url}/${path}`, 'ada');
      expect(status).toBe(500);
      expect(JSON.stringify(body)).not.toContain('ada');
    }
  });
});

it('without DfnsUserGuard, the error names the handler', async () => {
  const errors: DfnsError[] = [];
  @Catch(DfnsError)
  class Collector implements ExceptionFilter<DfnsError> {
    catch(error: DfnsError, host: ArgumentsHost): void {
      errors.push(error);
      host.switchToHttp().getResponse().status(500).send({});
    }
  }
  const providers = [{ provide: APP_FILTER, useClass: Collector }];
  const url = await serve({ identity: fromHeader, controllers: [UnguardedController], providers });
  for (const path of ['name', 'token']) {
    await get(`${url}/open/${path}`, 'ada');
    expect(errors.pop()).toMatchObject({
      code: 'DFNS_CONFIGURATION',
      message: `UnguardedController.${path} takes a Dfns user, but DfnsUserGuard has not run: add the guard`,
    });
  }
});

describe('DfnsUserGuard refuses when identity', () => {
  const BAD: [string, Identity | undefined][] = [
    ['gives undefined', () => undefined],
    ['gives an empty name', () => ''],
    ['gives a promise of undefined', async () => undefined],
    ['gives a number', () => 7 as never],
    ['gives a list', () => ['ada'] as never],
    ['gives an object', () => ({ toString: () => 'ada' }) as never],
    [
      'throws',
      () => {
        throw new Error('ada');
      },
    ],
    ['rejects', async () => Promise.reject(new TypeError('ada'))],
    ['is not configured', undefined],
  ];

  it.each(BAD)('%s', async (_, identity) => {
    const url = await serve({ identity, controllers: [MeController] });
    expect(await get(`${url}/name`, 'ada')).toEqual({
      status: 401,
      body: { message: 'Unauthorized', statusCode: 401 },
    });
  });

  it('names two users for one request', async () => {
    let asked = 0;
    const identity: Identity = () => (asked++ === 0 ? 'ada' : 'bob');
    @Controller()
    @UseGuards(DfnsUserGuard, DfnsUserGuard)
    class TwiceController {
      @Get('name')
      name(@DfnsUsername() username: string) {
        return { username };
      }
    }
    const url = await serve({ identity, controllers: [TwiceController] });
    expect((await get(`${url}/name`)).status).toBe(401);
  });
});

describe('DfnsUserGuard of a named instance', () => {
  const europe = useSandbox({ users: ['ada@eu'] });

  it('has its own user and tokens', async () => {
    const options = optionsFor(europe.sandbox, {
      identity: (context) => `${requestOf(context).headers['x-principal']}@eu`,
    });
    const imports = [DfnsAuthModule.forRoot({ ...options, name: 'eu' })];
    const url = await serve({ identity: fromHeader, imports, controllers: [BothController] });
    const { body } = await get(`${url}/both`, 'ada');
    expect(body).toMatchObject({ username: 'ada', euUsername: 'ada@eu' });
    const taken = await fetch(`${europe.sandbox.url}/wallets`, {
      headers: { authorization: `Bearer ${body.euToken}` },
    });
    expect(taken.status).toBe(200);
  });
});

describe('DfnsUserGuard in GraphQL', () => {
  const ask = async (url: string, query: string, principal?: string) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(principal && { 'x-principal': principal }) },
      body: JSON.stringify({ query }),
    });
    return (await answer.json()) as { data?: Record<string, string>; errors?: { extensions: { code: string } }[] };
  };
  const graph = () => serve({ identity: fromHeader, imports: [GraphQl], providers: [MeResolver] });

  it('gives the resolvers of all fields the user and one token', async () => {
    const url = await graph();
    const before = world.sandbox.requests.length;
    const { data } = await ask(url, '{ name again: name token other: token }', 'ada');
    expect(data).toMatchObject({ name: 'ada', again: 'ada' });
    expect(data?.['token']).toBe(data?.['other']);
    expect(world.operations(before)).toHaveLength(3);
  });

  it('refuses a request without a principal', async () => {
    const { errors } = await ask(await graph(), '{ name }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('is needed: without it, the decorators refuse the request', async () => {
    const { data, errors } = await ask(await graph(), '{ unguarded }', 'ada');
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
  });
});

describe('DfnsUserGuard outside of HTTP and GraphQL', () => {
  /** The context of a handler of this transport, as Nest makes it. */
  function contextOf(type: string, ...args: unknown[]): ExecutionContext {
    const context = new ExecutionContextHost(args, MeController, MeController.prototype.name);
    context.setType(type);
    return context;
  }

  const guardFor = async (identity: Identity) =>
    new DfnsUserGuard((await world.startInstance({ identity })).get(getDfnsToken(DfnsIdentity)));

  it.each(['rpc', 'ws'])('refuses a message over %s, and does not ask who sent it', async (transport) => {
    let isAsked = false;
    const guard = await guardFor(() => {
      isAsked = true;
      return 'ada';
    });
    await expect(guard.canActivate(contextOf(transport, {}, {}))).rejects.toMatchObject({ status: 401 });
    expect(isAsked).toBe(false);
  });

  it.each([undefined, null])('refuses an operation of GraphQL whose context is %s', async (shared) => {
    const guard = await guardFor(() => 'ada');
    await expect(guard.canActivate(contextOf('graphql', {}, {}, shared, {}))).rejects.toMatchObject({ status: 401 });
  });

  it.each<[string, (request: object) => unknown[]]>([
    ['http', (request) => [request]],
    ['graphql', (request) => [{}, {}, request, {}]],
  ])('leaves nothing to see on the %s request', async (type, args) => {
    const request = {};
    await (await guardFor(() => 'ada')).canActivate(contextOf(type, ...args(request)));
    expect([Object.keys(request), JSON.stringify(request)]).toEqual([[], '{}']);
    // Another copy of the package finds the user there.
    expect(Object.getOwnPropertySymbols(request)).toEqual([Symbol.for('nestjs-dfns-auth/principal/')]);
  });
});
