import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Module, Post, type Type, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import * as library from 'nestjs-dfns-auth';
import { DelegatedAuthService, type DfnsError } from 'nestjs-dfns-auth';
import { failureOf } from './support/failure-of.js';
import { useSandbox } from './support/use-sandbox.js';

const KILOBYTES_96 = 96 * 1_024;
const objects = (depth: number, end = '1') => `${'{"a":'.repeat(depth)}${end}${'}'.repeat(depth)}`;
const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const DEEPEST_OBJECTS = objects(Math.floor(KILOBYTES_96 / 6) - 50);
const DEEPEST_LISTS = lists(Math.floor(KILOBYTES_96 / 2) - 50);

/** Bodies of at most 96 kB, by the place of what is nested. */
const NESTED: [string, string][] = [
  ['the body itself', DEEPEST_OBJECTS],
  ['an unknown member', `{"x":${lists(10_000)},"username":"ada","credentialId":"AAAA"}`],
  ['a member that is text', `{"username":${DEEPEST_OBJECTS},"email":${lists(9)},"network":${lists(9)}}`],
  ['a member that is an object', `{"recovery":${DEEPEST_OBJECTS},"credentialInfo":${objects(9)}}`],
  ['a member of several kinds', `{"firstFactorCredential":${DEEPEST_OBJECTS},"firstFactor":${objects(9)}}`],
  ['a list', `{"wallets":${lists(10_000)}}`],
  ['a list of objects', `{"wallets":[${objects(10_000)}]}`],
  ['a member with a name of its own', `{"whole body":${DEEPEST_OBJECTS},"username":"ada","credentialId":"AAAA"}`],
];

const CLASSES = Object.entries(library).filter(([name]) => name.endsWith('Dto')) as [string, Type][];
const PIPES = {
  strict: { whitelist: true, forbidNonWhitelisted: true },
  transforming: { whitelist: true, forbidNonWhitelisted: true, transform: true },
  converting: { transform: true, transformOptions: { enableImplicitConversion: true } },
  lenient: {},
};

describe('96 kB of nested JSON', () => {
  const statusOf = (Dto: Type, options: object, body: string) =>
    new ValidationPipe({ ...options, expectedType: Dto }).transform(JSON.parse(body), { type: 'body' }).then(
      () => 'accepted',
      (error) => error.status ?? error,
    );

  it.each(NESTED)('in %s is a 400 for every class', async (_, body) => {
    expect(body.length).toBeLessThanOrEqual(KILOBYTES_96);
    for (const [name, Dto] of CLASSES) expect([name, await statusOf(Dto, PIPES.strict, body)]).toEqual([name, 400]);
  });

  it.each(Object.entries(PIPES))('is a 400 in a ValidationPipe that is %s', async (_, options) => {
    for (const [, body] of NESTED) expect(await statusOf(library.DelegatedRecoveryDto, options, body)).toBe(400);
  });

  it('is a 400 over HTTP', async () => {
    @Controller()
    class RecoveryController {
      @Post()
      recover(@Body(new ValidationPipe(PIPES.strict)) body: library.RecoverUserDto) {
        return body;
      }
    }
    @Module({ controllers: [RecoveryController] })
    class RecoveryModule {}
    const app = await NestFactory.create(RecoveryModule, new ExpressAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const headers = { 'content-type': 'application/json' };
    for (const body of [DEEPEST_OBJECTS, `{"x":${DEEPEST_LISTS}}`]) {
      const answer = await fetch(await app.getUrl(), { method: 'POST', headers, body });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { statusCode: 400, error: 'Bad Request', message: 'the body is nested deeper than 8 levels' },
      ]);
    }
    await app.close();
  });

  it('has no trace in a body that is not nested too deep', async () => {
    const body = { username: 'ada', credentialId: 'AAAA' };
    const pipe = (options: object) => new ValidationPipe({ ...options, expectedType: library.DelegatedRecoveryDto });
    for (const options of Object.values(PIPES)) {
      const received = await pipe(options).transform({ ...body }, { type: 'body' });
      expect(Object.entries(received)).toEqual(Object.entries(body));
    }
    expect(await pipe(PIPES.lenient).transform({ ...body, x: JSON.parse(objects(7)) }, { type: 'body' })).toMatchObject(
      body,
    );
    await expect(
      pipe(PIPES.strict).transform({ ...body, x: JSON.parse(objects(8)) }, { type: 'body' }),
    ).rejects.toMatchObject({ message: 'the body is nested deeper than 8 levels' });
  });

  it('leaves an instance as it is, also the objects in it', () => {
    const credentialInfo = { credId: 'AAAA', clientData: 'AAAA', attestationData: 'AAAA' };
    const body = {
      firstFactorCredential: { credentialKind: 'Key', credentialInfo },
      recoveryCredential: { credentialKind: 'RecoveryKey', credentialInfo, encryptedPrivateKey: 'AAAA' },
    };
    const once = plainToInstance(library.RegistrationCredentialsDto, body);
    const twice = plainToInstance(library.RegistrationCredentialsDto, once);
    expect(validateSync(twice, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
    expect(twice).toStrictEqual(once);
    expect(instanceToPlain(twice)).toEqual(body);
  });

  it('leaves classes of the application that extend a class as they are', async () => {
    class Mine extends library.DelegatedRecoveryDto {}
    const pipe = new ValidationPipe({ ...PIPES.transforming, expectedType: Mine });
    const body = { credentialId: 'AAAA', username: 'ada' };
    const received = await pipe.transform(body, { type: 'body' });
    expect(received).toBeInstanceOf(Mine);
    expect(Object.entries(received)).toEqual(Object.entries(body));
    await expect(pipe.transform({ ...body, x: 1 }, { type: 'body' })).rejects.toMatchObject({ status: 400 });
  });
});

describe('the message of an invalid request', () => {
  const world = useSandbox();
  let service: DelegatedAuthService;

  beforeAll(async () => {
    service = (await world.startInstance()).get(DelegatedAuthService);
  });

  const refusalOf = async (body: unknown) =>
    (await failureOf(service.createRecoveryChallenge(body as never))) as DfnsError;

  it.each(NESTED.map(([place, body]) => [place, JSON.parse(body)]))('with nesting in %s is short', async (_, body) => {
    const { code, message } = await refusalOf(body);
    expect(code).toBe('DFNS_BAD_REQUEST');
    expect(message.length).toBeLessThan(200);
  });

  it.each([
    ['a name of 1 MB', 'x'.repeat(1_048_576), `property ${'x'.repeat(64)}… should not exist`],
    ['line breaks', 'a\r\nb\u2028c', 'property a\ufffd\ufffdb\ufffdc should not exist'],
    ['control characters', '\u0000\u001b[31m', 'property \ufffd\ufffd[31m should not exist'],
    ['marks that turn the direction', '\u202egnp\u2066', 'property \ufffdgnp\ufffd should not exist'],
    ['characters without width', 'user\u200bname\ufeff', 'property user\ufffdname\ufffd should not exist'],
    ['half of a pair', '\ud83d', 'property \ufffd should not exist'],
    ['letters of all languages', 'имя 名前 é', 'property имя 名前 é should not exist'],
  ])('shows a name with %s cut and cleaned', async (_, name, shown) => {
    const body = { username: 'ada', credentialId: 'AAAA', [name]: 1 };
    expect((await refusalOf(body)).message).toBe(`the request is not valid: ${shown}`);
    expect((await refusalOf({ [name]: { constructor: 1 } })).message).toContain(
      `${shown.split(' ').slice(1, -3).join(' ')}.constructor is not a member`,
    );
  });

  it('is short and of one printable line for any names', () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary', maxLength: 100 }), fc.jsonValue()), async (body) => {
        const { message } = await refusalOf(body);
        expect(message.length).toBeLessThan(2_000);
        expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    ));

  it('lists ten problems, and counts the others', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`);
    const body = { username: 'ada', credentialId: 'AAAA', ...Object.fromEntries(names.map((name) => [name, 1])) };
    const { message } = await refusalOf(body);
    expect(message).toContain('property m9 should not exist; 20 more');
    expect(message).not.toContain('m10');
    const ten = Object.fromEntries(Object.entries(body).slice(0, 12));
    expect((await refusalOf(ten)).message).toMatch(/m9 should not exist$/);
  });
});
