import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type INestApplication, Module, UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { DelegatedAuthService, DfnsAuthModule, DfnsToken, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';
import { WebSocket } from 'ws';
import { optionsFor } from './support/library-instance.js';
import { usernameOf } from './support/token-claims.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';

const LOGIN = ['POST /auth/action/init', 'POST /auth/action', 'POST /auth/login/delegated'];

@Resolver()
@UseGuards(DfnsUserGuard)
class MeResolver {
  @Query(() => String)
  name(@DfnsUsername() username: string): string {
    return username;
  }

  @Query(() => String)
  token(@DfnsToken() token: string): string {
    return token;
  }
}

interface Answer {
  data?: Record<string, string> | null;
  errors?: { message: string }[];
}

/** A connection of the protocol `graphql-transport-ws`. */
class Connection {
  readonly #socket: WebSocket;
  #operations = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string): Promise<Connection> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const connection = new Connection(socket);
    const acknowledged = connection.#message(({ type }) => type === 'connection_ack');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await acknowledged;
    return connection;
  }

  /** Sends one operation, and returns its answer. */
  async ask(query: string): Promise<Answer> {
    this.#operations += 1;
    const id = String(this.#operations);
    const answer = this.#message((message) => message.id === id && message.type !== 'complete');
    this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    return (await answer).payload as Answer;
  }

  close(): void {
    this.#socket.terminate();
  }

  #message(fits: (message: { id?: string; type: string }) => boolean): Promise<{ payload?: unknown }> {
    return new Promise((resolve) => {
      const listen = (data: unknown) => {
        const message = JSON.parse(String(data));
        if (!fits(message)) return;
        this.#socket.off('message', listen);
        resolve(message);
      };
      this.#socket.on('message', listen);
    });
  }
}

const world = useSandboxForEachTest({ users: ['ada', 'bob'] });
let app: INestApplication;
let connection: Connection;
let principal: string | undefined;

beforeEach(async () => {
  principal = 'ada';
  const graphql = { driver: ApolloDriver, autoSchemaFile: true, subscriptions: { 'graphql-ws': true } } as const;
  const options = optionsFor(world.sandbox, { identity: () => principal });
  @Module({
    imports: [
      DfnsAuthModule.forRoot({ ...options, isGlobal: true }),
      GraphQLModule.forRoot<ApolloDriverConfig>(graphql),
    ],
    providers: [MeResolver],
  })
  class Application {}
  const built = await Test.createTestingModule({ imports: [Application] }).compile();
  app = built.createNestApplication(new ExpressAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  connection = await Connection.open(await app.getUrl());
});

afterEach(async () => {
  connection.close();
  await app.close();
});

describe('operations of GraphQL over one WebSocket', () => {
  it('share the token in memory, and get a new one when it was dropped', async () => {
    const first = await connection.ask('{ token again: token }');
    expect(first.data?.['again']).toBe(first.data?.['token']);
    expect(await connection.ask('{ token again: token }')).toEqual(first);
    expect(world.operations()).toEqual(LOGIN);
    await app.get(DelegatedAuthService).forget('ada');
    const { data } = await connection.ask('{ token }');
    expect(usernameOf(data?.['token'] as string)).toBe('ada');
    expect(data?.['token']).not.toBe(first.data?.['token']);
  });

  it('work after one of them failed', async () => {
    world.sandbox.faults.add({ on: LOGIN[2] as string, kind: 'status', status: 403 });
    expect((await connection.ask('{ token }')).errors).toHaveLength(1);
    expect((await connection.ask('{ token }')).errors).toBeUndefined();
  });

  it('are for the user whom identity names at that time', async () => {
    expect((await connection.ask('{ name }')).data).toEqual({ name: 'ada' });
    principal = 'bob';
    const { data } = await connection.ask('{ name token }');
    expect([data?.['name'], usernameOf(data?.['token'] as string)]).toEqual(['bob', 'bob']);
    principal = undefined;
    expect((await connection.ask('{ name }')).errors).toMatchObject([{ message: 'Unauthorized' }]);
    principal = 'ada';
    expect((await connection.ask('{ name }')).data).toEqual({ name: 'ada' });
  });
});
