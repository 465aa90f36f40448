import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { ConsoleLogger, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import fc from 'fast-check';
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
import { SecretScrubber } from '../src/http/secret-scrubber.js';
import { leaks, printed } from './hostile/printed.js';
import { optionsFor, startWith } from './registered.js';

const CALL = 'POST /auth/login/delegated';

let sandbox: DfnsSandbox;
let options: DfnsAuthModuleOptions;
let context: TestingModule;
let secrets: () => string[];

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
  sandbox.createUser({ username: 'ada' });
  options = optionsFor(sandbox);
  context = await startWith(sandbox, options);
  const { credential } = options.serviceAccount as { credential: { privateKey: string } };
  secrets = () => [...sandbox.secrets, credential.privateKey, ...keyParts(credential.privateKey)];
});

afterEach(() => {
  jest.restoreAllMocks();
  sandbox.faults.clear();
});

afterAll(async () => {
  await context.close();
  await sandbox.stop();
});

/** The lines of a PEM, which would be the key as well. */
const keyParts = (pem: string) => pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));

const failed = (on: string, fault: { kind: 'echo'; status: number } | { kind: 'reset' }) => {
  sandbox.faults.add({ ...fault, on, times: 9 });
  return context
    .get(DelegatedAuthService)
    .login({ username: 'ada' })
    .then(
      () => Promise.reject(new Error('the login did not fail')),
      (error: unknown) => error as DfnsApiError,
    );
};

describe('whatever is printed holds no secret', () => {
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

  it('the module, as an application lists it', () => {
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

  it('an error below HTTP, as axios hands it to us', async () => {
    sandbox.faults.add({ kind: 'reset', on: CALL });
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
    sandbox.faults.add({ kind: 'echo', status: 403, on: CALL });
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

describe('text of others', () => {
  const SECRET = 'x7Kq-opaque.user_action/of+Dfns=29';
  const scrubbed = (text: string) => {
    const scrubber = new SecretScrubber();
    scrubber.add(SECRET);
    scrubber.add(undefined);
    scrubber.add('');
    return scrubber.scrub(text);
  };

  it.each([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ])('loses a secret that is in it %s, and keeps the rest', (_, encoded) => {
    expect(scrubbed(`Rejected: ${encoded} and ${encoded} are not valid`)).toBe(
      'Rejected: [redacted] and [redacted] are not valid',
    );
  });

  it('loses a secret that is escaped for JSON, and keeps the rest', () => {
    const scrubber = new SecretScrubber();
    scrubber.add('quote"d');
    expect(scrubber.scrub(`Rejected: ${JSON.stringify({ a: 'quote"d' })} !`)).toBe('Rejected: {"a":"[redacted]"} !');
  });

  it.each([
    ['in two lines', `${SECRET.slice(0, 17)}\n${SECRET.slice(17)}`],
    ['in groups', SECRET.match(/.{1,5}/g)?.join(' ') ?? ''],
    ['with marks that show nothing', SECRET.split('').join('\u200b')],
    ['escaped twice', JSON.stringify(JSON.stringify(SECRET)).replaceAll('/', '\\/')],
    ['only its first half', SECRET.slice(0, 22)],
    ['only its last half', SECRET.slice(-20)],
  ])('is given up for a secret that is in it %s', (_, disguised) => {
    for (const text of [`Rejected: ${disguised} is not valid`, `Rejected: ${disguised}`]) {
      expect(scrubbed(text)).toMatch(/redacted/);
      expect(leaks(scrubbed(text), [SECRET, SECRET.slice(0, 17), SECRET.slice(17)])).toEqual([]);
    }
  });

  it('is given up for a piece of any one of several secrets, up to its end', () => {
    const scrubber = new SecretScrubber();
    for (const secret of ['firstSecretOfThree01', 'secondSecretOfThree2', 'thirdSecretOfThree03']) scrubber.add(secret);
    expect(scrubber.scrub('of: secondSecretOfTh')).toBe('[redacted]');
    expect(scrubber.scrub('of: secondSecretOfT')).toBe('of: secondSecretOfT');
  });

  it.each([
    ['a JWT that nobody knew of', `token ${['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhIn0', 'c2ln'].join('.')} refused`],
    ['a long random text', `token ${'aB3_'.repeat(12)} refused`],
    ['a private key', `key -----BEGIN PRIVATE ${'KEY-----'}\nMC4CAQAw\n refused`],
  ])('loses %s', (_, text) => {
    expect(scrubbed(text)).toMatch(/^\w+ \[redacted\]( refused)?$/);
  });

  it.each([
    'wallet not found',
    'CustomerEmployee us-6b58p-r53sr-rlrd3l5cj3uc4ome is not authorized to perform operation (Auth:Users:Delegate)',
    'User does not have a credential that can be used for the application.',
    'Ungültig: Straße, 日本語',
  ])('keeps "%s"', (text) => {
    expect(scrubbed(text)).toBe(text);
  });

  it('cannot break out of its line, nor fill the log', () => {
    expect(scrubbed('a\r\n[Nest] ERROR\u001b[31m\u2028b\u202ec')).toBe('a [Nest] ERROR [31m b c');
    expect(scrubbed('word '.repeat(60))).toBe('word '.repeat(60));
    expect(scrubbed('word '.repeat(1_000))).toBe(`${'word '.repeat(60)}…`);
  });

  it('loses every secret, wherever it stands', () => {
    const printable = fc.string({ minLength: 20, maxLength: 60, unit: fc.constantFrom(...'abcXYZ019-_.~+/=:{}"\\') });
    fc.assert(
      fc.property(printable, fc.string(), fc.string(), (secret, before, after) => {
        const scrubber = new SecretScrubber();
        scrubber.add(secret);
        const text = scrubber.scrub(`${before}${secret}${after}${encodeURIComponent(secret)}`);
        expect(text).not.toContain(secret);
      }),
    );
  });
});
