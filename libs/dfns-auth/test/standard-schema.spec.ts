import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  type INestApplication,
  Module,
  Post,
  StandardSchemaValidationPipe,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import fc from 'fast-check';
import * as library from 'nestjs-dfns-auth';
import { NewCredentialDto, type StandardSchema, UserActionAssertionDto } from 'nestjs-dfns-auth';
import { bodies, key, passkey, places, withMember } from './support/request-bodies.js';

type Offering = Type & { '~standard': StandardSchema<object> };

const CLASSES = Object.entries(library).flatMap(([name, Dto]) => (name.endsWith('Dto') ? [Dto as Offering] : []));
const rules = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
const schemas = new StandardSchemaValidationPipe();

/** What a controller gets from a pipe, or the messages of the refusal. */
async function outcome(received: Promise<unknown>): Promise<unknown> {
  return received.then(
    (value) => ({ value }),
    (error) => ({ status: error.getStatus(), messages: [error.getResponse().message].flat() }),
  );
}

/** The outcome of both ways to check a body: the rules with the type of the parameter, and the schema. */
async function bothOutcomes(Dto: Type, text: string): Promise<[unknown, unknown]> {
  const read = () => (text === 'undefined' ? undefined : JSON.parse(text));
  return [
    await outcome(rules.transform(read(), { type: 'body', metatype: Dto })),
    await outcome(schemas.transform(read(), { type: 'body', schema: Dto as never })),
  ];
}

/** A body of a class: a correct one, one with a wrong, unknown or missing member, or anything. */
const changed = fc
  .tuple(fc.constantFrom(...places), fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.base64String()), fc.boolean())
  .map(([{ Dto, body, path }, value, isUnknown]) => ({
    Dto,
    body: withMember(body, isUnknown ? [...path.slice(0, -1), 'unknown'] : path, value),
  }));
const anything = fc.tuple(fc.constantFrom(...CLASSES), fc.jsonValue()).map(([Dto, body]) => ({ Dto, body }));

describe('the Standard Schema of a class', () => {
  it('is there for every class of a body', async () => {
    expect(CLASSES.length).toBeGreaterThan(15);
    for (const Dto of CLASSES) {
      expect(Dto['~standard']).toEqual({
        version: 1,
        vendor: 'nestjs-dfns-auth',
        validate: expect.any(Function),
      });
    }
  });

  it('accepts what the rules accept, and gives the same instance', async () => {
    for (const { Dto, body } of bodies) {
      const [byRules, bySchema] = await bothOutcomes(Dto, JSON.stringify(body));
      expect(byRules).toEqual({ value: body });
      expect(bySchema).toStrictEqual(byRules);
      expect((bySchema as { value: object }).value).toBeInstanceOf(Dto);
    }
  });

  it('accepts and refuses the same bodies as the rules, with the same messages', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(changed, anything), async ({ Dto, body }) => {
        const [byRules, bySchema] = await bothOutcomes(Dto, `${JSON.stringify(body)}`);
        expect(bySchema).toStrictEqual(byRules);
      }),
      { numRuns: 1_000 },
    ));

  it.each(['null', 'undefined', '[]', '""', '7', '{"__proto__":{}}', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`])(
    'does the same as the rules with %s',
    async (text) => {
      for (const Dto of CLASSES) {
        const [byRules, bySchema] = await bothOutcomes(Dto, text);
        expect([Dto.name, bySchema]).toStrictEqual([Dto.name, byRules]);
      }
    },
  );

  it('names each problem in an issue', async () => {
    const { credId: _, ...credentialInfo } = key.credentialInfo;
    const result = await NewCredentialDto['~standard'].validate({ ...key, credentialInfo, credentialName: '' });
    expect(result.issues?.map(({ message }) => message).sort()).toEqual([
      'credentialInfo.credId must be base64url text of 1 to 1400 characters',
      'credentialName must be text of 1 to 100 characters',
    ]);
  });

  it('is that of the subclass in a subclass of the application', async () => {
    class Mine extends NewCredentialDto {}
    const result = await Mine['~standard'].validate({ ...passkey, credentialName: 'phone' });
    if (result.issues) throw new Error('it is correct');
    expect(result.value).toBeInstanceOf(Mine);
  });
});

describe('@Body({ schema })', () => {
  @Controller()
  class Credentials {
    @Post('credential')
    add(@Body({ schema: NewCredentialDto }) credential: NewCredentialDto) {
      return { isInstance: credential instanceof NewCredentialDto, kind: credential.credentialKind };
    }

    @Post('signature')
    sign(@Body({ schema: UserActionAssertionDto, pipes: [StandardSchemaValidationPipe] }) _: UserActionAssertionDto) {
      return {};
    }
  }
  @Module({ controllers: [Credentials] })
  class Application {}

  let app: INestApplication;

  afterEach(() => app.close());

  it('checks the body of a request, and is described in OpenAPI', async () => {
    app = await NestFactory.create(Application, new ExpressAdapter(), { logger: false, abortOnError: false });
    app.useGlobalPipes(new StandardSchemaValidationPipe());
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(paths['/credential']?.post?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/NewCredentialDto' } } },
    });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return [answer.status, await answer.json()];
    };
    const credential = { ...passkey, credentialName: 'phone' };
    expect(await post('/credential', credential)).toEqual([201, { isInstance: true, kind: 'Fido2' }]);
    const refused = { statusCode: 400, error: 'Bad Request' };
    expect(await post('/credential', { ...credential, isAdmin: true })).toEqual([
      400,
      { ...refused, message: ['property isAdmin should not exist'] },
    ]);
    expect(await post('/signature', { firstFactor: { kind: 'Totp' } })).toEqual([
      400,
      {
        ...refused,
        message: [
          'firstFactor must be an object whose kind is Fido2 or Key or PasswordProtectedKey',
          'firstFactor.property kind should not exist',
        ],
      },
    ]);
  });
});
