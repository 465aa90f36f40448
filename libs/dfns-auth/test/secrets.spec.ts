// The configuration holds secrets too and is not exported, so this test gets it by its internal token.
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { ConsoleLogger, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { TestingModule } from '@nestjs/testing';
import {
  DelegatedAuthService,
  DelegatedCeremonies,
  DFNS_AUTH_OPTIONS,
  DfnsApiError,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsClient,
  DfnsCredentials,
  DfnsExceptionFilter,
  DfnsHealthIndicator,
  DfnsUsers,
  UserActionSigner,
} from 'nestjs-dfns-auth';
import { DFNS_AUTH_CONFIG } from '../src/config/config.js';
import { optionsFor } from './support/library-instance.js';
import { leaks, printed } from './support/secret-leaks.js';
import { useSandbox } from './support/use-sandbox.js';

const CALL = 'POST /auth/login/delegated';

const world = useSandbox({ users: ['ada'] });
let options: DfnsAuthModuleOptions;
let context: TestingModule;
let secrets: () => string[];

beforeAll(async () => {
  options = optionsFor(world.sandbox);
  context = await world.startInstance(options);
  const { credential } = options.serviceAccount as { credential: { privateKey: string } };
  secrets = () => [...world.sandbox.secrets, credential.privateKey, ...keyParts(credential.privateKey)];
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Returns the lines of a PEM. Each line is a part of the key. */
const keyParts = (pem: string) => pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));

const failed = (on: string, fault: { kind: 'echo'; status: number } | { kind: 'reset' }) => {
  world.sandbox.faults.add({ ...fault, on, times: 9 });
  return context
    .get(DelegatedAuthService)
    .login({ username: 'ada' })
    .then(
      () => Promise.reject(new Error('the login did not fail')),
      (error: unknown) => error as DfnsApiError,
    );
};

describe('a printed value contains no secret', () => {
  const EXPORTED = {
    DelegatedAuthService,
    DelegatedCeremonies,
    DfnsClient,
    DfnsCredentials,
    DfnsExceptionFilter,
    DfnsHealthIndicator,
    DfnsUsers,
    UserActionSigner,
  };

  it.each(Object.entries(EXPORTED))('%s', async (name, service) => {
    await context.get(DelegatedAuthService).getToken('ada');
    const value =
      name === 'DfnsExceptionFilter' ? new DfnsExceptionFilter() : context.get(service as typeof DfnsClient);
    const text = printed(value);
    expect(text).toContain(name);
    expect(leaks(text, secrets())).toEqual([]);
  });

  it.each([
    ['the options', DFNS_AUTH_OPTIONS],
    ['the configuration', DFNS_AUTH_CONFIG],
    ['the HTTP client', HttpService],
  ])('%s', (_, token) => {
    expect(leaks(printed(context.get(token, { strict: false })), secrets())).toEqual([]);
  });

  it('the dynamic module of forRoot', () => {
    const module = DfnsAuthModule.forRoot(options);
    expect(leaks(printed(module), secrets())).toEqual([]);
    expect(leaks(printed(module.providers), secrets())).toEqual([]);
  });

  it.each(['POST /auth/action/init', 'POST /auth/action', CALL])('an error that echoes, at %s', async (on) => {
    const error = await failed(on, { kind: 'echo', status: 400 });
    expect(error.upstreamMessage).toMatch(/redacted/);
    expect(leaks(printed(error), secrets())).toEqual([]);
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['config', 'request', 'response', 'cause']));
    expect(error.cause).toBeUndefined();
  });

  it('an error of axios below HTTP', async () => {
    world.sandbox.faults.add({ kind: 'reset', on: CALL });
    const { axiosRef } = context.get(HttpService, { strict: false });
    const secret = secrets().find((text) => !text.includes('\n')) as string;
    const error = await axiosRef
      .request({ method: 'POST', url: CALL.slice(5), headers: { Authorization: secret }, timeout: 1_000 })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ failure: 'reset', sent: true });
    expect(leaks(printed(error), secrets())).toEqual([]);
  });
});

describe("Nest's own logger", () => {
  it.each([{ json: false }, { json: true }])('prints an uncaught error without a secret, %j', async ({ json }) => {
    @Controller()
    class LoginController {
      readonly #auth: DelegatedAuthService;
      constructor(auth: DelegatedAuthService) {
        this.#auth = auth;
      }
      @Get()
      login() {
        return this.#auth.login({ username: 'ada' });
      }
    }
    @Module({ imports: [DfnsAuthModule.forRoot(options)], controllers: [LoginController] })
    class Application {}

    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
    }
    const logger = new ConsoleLogger({ json, logLevels: ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] });
    const app = await NestFactory.create(Application, new ExpressAdapter(), { logger });
    await app.listen(0, '127.0.0.1');
    world.sandbox.faults.add({ kind: 'echo', status: 403, on: CALL });
    const answer = await fetch(await app.getUrl());
    const body = await answer.text();
    await app.close();
    jest.restoreAllMocks();

    expect(answer.status).toBe(500);
    expect(written.join('')).toContain('was answered 403');
    expect(leaks(written.join('') + body, secrets())).toEqual([]);
    expect(body).not.toContain('Rejected');
  });
});
