import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, type INestApplication, type INestMicroservice, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { DfnsApiError, DfnsExceptionFilter } from 'nestjs-dfns-auth';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';

const fail = (): never => {
  throw new DfnsApiError('DFNS_USER_NOT_FOUND', 'POST /auth/login/delegated was answered 401', {
    operation: 'POST /auth/login/delegated',
    upstreamStatus: 401,
    errorId: '2038837570328299032',
    upstreamMessage: 'words of Dfns',
  });
};

const ANSWER = {
  statusCode: 404,
  error: 'Not Found',
  message: 'There is no wallet user.',
  code: 'DFNS_USER_NOT_FOUND',
  errorId: '2038837570328299032',
};

/** Expects that an answer contains no text of Dfns, no path and no status of Dfns. */
function expectNothingInternal(answer: unknown): void {
  const text = JSON.stringify(answer);
  for (const internal of ['words of Dfns', '/auth/login', 'answered 401', 'upstream'])
    expect(text).not.toContain(internal);
}

describe('in GraphQL', () => {
  @Resolver()
  class FailingResolver {
    @Query(() => String)
    login(): string {
      return fail();
    }
  }

  let app: INestApplication;

  beforeAll(async () => {
    const graphql = { driver: ApolloDriver, autoSchemaFile: true, includeStacktraceInErrorResponses: false };

    @Module({ imports: [GraphQLModule.forRoot<ApolloDriverConfig>(graphql)], providers: [FailingResolver] })
    class GraphqlModule {}
    app = await NestFactory.create(GraphqlModule, new ExpressAdapter(), { logger: false, abortOnError: false });
    app.useGlobalFilters(new DfnsExceptionFilter());
    await app.listen(0, '127.0.0.1');
  });

  afterAll(() => app.close());

  it('the filter answers with an error of GraphQL with the message and code of the library', async () => {
    const answer = await fetch(`${await app.getUrl()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ login }' }),
    });
    const { errors } = (await answer.json()) as { errors: Record<string, unknown>[] };
    expect(answer.status).toBe(200);
    expect(errors).toMatchObject([{ message: ANSWER.message, path: ['login'], extensions: { originalError: ANSWER } }]);
    expectNothingInternal(errors);
  });
});

describe('in a microservice', () => {
  @Controller()
  class FailingController {
    @MessagePattern('login')
    login(): string {
      return fail();
    }
  }

  @Module({ controllers: [FailingController] })
  class RpcModule {}

  let app: INestMicroservice;
  let client: ClientProxy;

  beforeAll(async () => {
    const options = { host: '127.0.0.1', port: 0 };
    app = await NestFactory.createMicroservice<MicroserviceOptions>(RpcModule, {
      logger: false,
      transport: Transport.TCP,
      options,
    });
    app.useGlobalFilters(new DfnsExceptionFilter());
    await app.listen();
    const { port } = app.unwrap<import('node:net').Server>().address() as import('node:net').AddressInfo;
    client = ClientProxyFactory.create({ transport: Transport.TCP, options: { ...options, port } });
  });

  afterAll(async () => {
    client.close();
    await app.close();
  });

  it('the caller gets the same answer as an error', async () => {
    const error = await firstValueFrom(client.send('login', {})).catch((failure: unknown) => failure);
    expect(error).toEqual(ANSWER);
    expectNothingInternal(error);
  });
});

describe('over WebSockets', () => {
  @UseFilters(new DfnsExceptionFilter())
  @WebSocketGateway()
  class FailingGateway {
    @SubscribeMessage('login')
    login(): string {
      return fail();
    }
  }

  @Module({ providers: [FailingGateway] })
  class WsModule {}

  let app: INestApplication;

  beforeAll(async () => {
    app = await NestFactory.create(WsModule, new ExpressAdapter(), { logger: false, abortOnError: false });
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, '127.0.0.1');
  });

  afterAll(() => app.close());

  it('the client gets an exception event, and the connection stays open', async () => {
    const socket = new WebSocket((await app.getUrl()).replace('http', 'ws'));
    await new Promise((resolve) => socket.once('open', resolve));
    for (let i = 0; i < 2; i += 1) {
      const received = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))));
      socket.send(JSON.stringify({ event: 'login', data: { password: 'not echoed' } }));
      expect(await received).toEqual({ event: 'exception', data: { status: 'error', ...ANSWER } });
    }
    socket.close();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('a client of socket.io, which has no readyState, gets an emitted event', () => {
    const emitted: unknown[] = [];
    const client = { emit: (...event: unknown[]) => emitted.push(event) };
    const host = { getType: () => 'ws', switchToWs: () => ({ getClient: () => client }) };
    try {
      fail();
    } catch (error) {
      new DfnsExceptionFilter().catch(error as DfnsApiError, host as never);
    }
    expect(emitted).toEqual([['exception', { status: 'error', ...ANSWER }]]);
  });
});
