import { afterEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  DfnsAuthModule,
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

const requestOf = (context: ExecutionContext) =>
  context.getType<string>() === 'http' ? context.switchToHttp().getRequest() : context.getArgByIndex(2).req;

@Injectable()
class EuUserGuard extends DfnsUserGuard {
  constructor(@InjectDfns(DfnsIdentity, 'eu') identity: DfnsIdentity) {
    super(identity);
  }
}

@Controller()
class WalletController {
  @Get('mine')
  @UseGuards(DfnsUserGuard)
  mine(@DfnsUsername() username: string, @DfnsToken() token: string) {
    return { username, token };
  }

  @Get('both')
  @UseGuards(DfnsUserGuard, EuUserGuard)
  both(@DfnsUsername() username: string, @DfnsUsername('eu') euUsername: string, @DfnsToken('eu') token: string) {
    return { username, euUsername, token };
  }

  @Get('unguarded')
  unguarded(@DfnsUsername() username: string) {
    return { username };
  }
}

@Resolver()
@UseGuards(DfnsUserGuard)
class MeResolver {
  @Query(() => String)
  name(@DfnsUsername() username: string): string {
    return username;
  }
}

const GraphQl = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
const ANYBODY = { canActivate: () => true };
const world = useSandbox({ users: ['ada', 'bob', 'ada@eu'] });
let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** Serves an application with two instances. Each takes its user from a header, as a login of the application would. */
async function serve(
  replace: (testing: TestingModuleBuilder) => TestingModuleBuilder,
  adapter = new ExpressAdapter(),
  more: DynamicModule[] = [],
) {
  const [europe, rest] = ['@eu', ''].map((suffix) =>
    optionsFor(world.sandbox, {
      identity: (context) => {
        const { 'x-principal': name } = requestOf(context).headers;
        return name && `${name}${suffix}`;
      },
    }),
  ) as [ReturnType<typeof optionsFor>, ReturnType<typeof optionsFor>];
  const imports = [DfnsAuthModule.forRoot(rest), DfnsAuthModule.forRoot({ ...europe, name: 'eu' }), ...more];
  const testing = Test.createTestingModule({ imports, controllers: [WalletController], providers: [MeResolver] });
  app = (await replace(testing).compile()).createNestApplication(adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

const withoutGuards = (testing: TestingModuleBuilder) =>
  testing.overrideGuard(DfnsUserGuard).useValue(ANYBODY).overrideGuard(EuUserGuard).useValue(ANYBODY);

async function get(url: string, principal?: string) {
  const answer = await fetch(url, { headers: principal ? { 'x-principal': principal } : {} });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

describe.each<[string, () => ExpressAdapter]>([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as never],
])('a test that replaces DfnsUserGuard, on %s', (_, adapter) => {
  it('gets the user that identity names, and a token of that user', async () => {
    const url = await serve(withoutGuards, adapter());
    for (const name of ['ada', 'bob']) {
      const { status, body } = await get(`${url}/mine`, name);
      expect([status, body['username'], usernameOf(body['token'] as string)]).toEqual([200, name, name]);
    }
  });

  it('gets the user of each instance', async () => {
    const { body } = await get(`${await serve(withoutGuards, adapter())}/both`, 'ada');
    expect(body).toMatchObject({ username: 'ada', euUsername: 'ada@eu' });
    expect(usernameOf(body['token'] as string)).toBe('ada@eu');
  });

  it('gets 401 if identity names nobody', async () => {
    expect((await get(`${await serve(withoutGuards, adapter())}/mine`)).status).toBe(401);
  });

  it('still needs a guard in the controller', async () => {
    expect((await get(`${await serve(withoutGuards, adapter())}/unguarded`, 'ada')).status).toBe(500);
  });
});

describe('a test that replaces DfnsUserGuard', () => {
  it('gets the user in GraphQL', async () => {
    const answer = await fetch(`${await serve(withoutGuards, new ExpressAdapter(), [GraphQl])}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-principal': 'ada' },
      body: JSON.stringify({ query: '{ name }' }),
    });
    expect(await answer.json()).toEqual({ data: { name: 'ada' } });
  });
});

describe('a test that replaces DfnsIdentity', () => {
  it.each([
    ['the guard', (testing: TestingModuleBuilder) => testing],
    ['a replaced guard', withoutGuards],
  ])('says with %s who is asking, and needs no Dfns', async (_, replace) => {
    const before = world.sandbox.requests.length;
    const principal = { username: 'eve', token: async () => 'a token' };
    const url = await serve((testing) =>
      replace(testing)
        .overrideProvider(DfnsIdentity)
        .useValue({ principal: async () => principal }),
    );
    expect(await get(`${url}/mine`)).toEqual({ status: 200, body: { username: 'eve', token: 'a token' } });
    expect(world.sandbox.requests).toHaveLength(before);
  });
});

describe('a test that has no module of this package', () => {
  it('gets the user of a fake identity', async () => {
    const principal = { username: 'eve', token: async () => 'a token' };
    const testing = Test.createTestingModule({
      controllers: [WalletController],
      providers: [
        { provide: DfnsIdentity, useValue: { principal: async () => principal } },
        {
          provide: getDfnsToken(DfnsIdentity, 'eu'),
          useValue: { principal: async () => ({ ...principal, username: 'eu' }) },
        },
      ],
    });
    app = (await withoutGuards(testing).compile()).createNestApplication(new ExpressAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const { body } = await get(`${await app.getUrl()}/both`);
    expect(body).toEqual({ username: 'eve', euUsername: 'eu', token: 'a token' });
  });

  it('is told to add a guard if it has no identity', async () => {
    const testing = Test.createTestingModule({ controllers: [WalletController] });
    app = (await withoutGuards(testing).compile()).createNestApplication(new ExpressAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    expect((await get(`${await app.getUrl()}/mine`, 'ada')).status).toBe(500);
  });
});
