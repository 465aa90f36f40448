import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post, type Type, ValidationPipe } from '@nestjs/common';
import { ApiOkResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test, type TestingModule } from '@nestjs/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as library from 'nestjs-dfns-auth';
import {
  DelegatedCeremonies,
  DfnsCredentials,
  DfnsHealthIndicator,
  isDfnsError,
  KeySigner,
  signRecovery,
  toHttpException,
} from 'nestjs-dfns-auth';
import { OpenApiDocument } from '../../../test/support/openapi-document.js';
import { failureOf } from './support/failure-of.js';
import { credentialsOf, newKey, newPerson } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

const BODIES = Object.entries(library).filter(([name]) => name.endsWith('Dto')) as [string, Type][];
const ANSWERS: Type[] = [
  library.BegunAction,
  library.BegunCredential,
  library.BegunRecovery,
  library.BegunRegistration,
  library.DfnsCredential,
  library.DfnsHealth,
  library.DfnsHttpAnswer,
  library.RecoveryResult,
  library.RegisteredUser,
  library.RegistrationResult,
  library.Wallet,
];

/** A document of an application with a route for each class, made without the compiler plugin of `@nestjs/swagger`. */
async function documentOfAll(): Promise<OpenApiDocument> {
  const taking = BODIES.map(([name, Dto]) => {
    @Controller(name)
    class Taking {
      @Post()
      take(_body: object): void {}
    }
    Reflect.defineMetadata('design:paramtypes', [Dto], Taking.prototype, 'take');
    Body()(Taking.prototype, 'take', 0);
    return Taking;
  });
  const answering = ANSWERS.map((type) => {
    @Controller(type.name)
    class Answering {
      @Get()
      @ApiOkResponse({ type })
      answer(): void {}
    }
    return Answering;
  });
  @Module({ controllers: [...taking, ...answering] })
  class Application {}
  const app = (await Test.createTestingModule({ imports: [Application] }).compile()).createNestApplication();
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('All').build());
  await app.close();
  return new OpenApiDocument(document);
}

let document: OpenApiDocument;

beforeAll(async () => {
  document = await documentOfAll();
});

describe('the classes in an OpenAPI document', () => {
  it('are valid OpenAPI, each with a schema, and with no schema that nothing uses', async () => {
    expect(await new Validator().validate({ ...document.document })).toEqual({ valid: true });
    expect(document.operations).toHaveLength(BODIES.length + ANSWERS.length);
    const bodies = document.operations.map(({ requestBody }) => requestBody).filter((body) => body !== undefined);
    expect(bodies).toHaveLength(BODIES.length);
    expect([...document.referenced].sort()).toEqual(Object.keys(document.schemas).sort());
    expect(Object.keys(document.schemas)).not.toContain('Function');
  });

  it('have the rules of their members', () => {
    const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    expect(document.schemas['CompleteEndUserRegistrationDto']).toMatchObject({
      properties: {
        firstFactorCredential: {
          oneOf: ['Fido2CredentialDto', 'KeyCredentialDto', 'PasswordProtectedKeyCredentialDto'].map(ref),
        },
        recoveryCredential: { oneOf: [ref('RecoveryKeyCredentialDto')] },
        wallets: { type: 'array', maxItems: 100, items: ref('NewWalletDto') },
      },
      required: ['wallets', 'firstFactorCredential'],
    });
    expect(document.schemas['KeyCredentialDto']).toMatchObject({
      properties: {
        credentialKind: { type: 'string', enum: ['Key'] },
        credentialInfo: ref('CredentialInfoDto'),
        credentialName: { type: 'string', minLength: 1, maxLength: 100 },
      },
      required: ['credentialKind', 'credentialInfo'],
    });
  });

  it('select the class of a credential and of an assertion by its kind', () => {
    const kinds = Object.values(document.schemas).flatMap(({ properties }) =>
      Object.values(properties as Record<string, { oneOf?: object[]; discriminator?: { mapping: object } }>),
    );
    const several = kinds.filter(({ oneOf }) => oneOf);
    expect(several.length).toBeGreaterThanOrEqual(11);
    for (const { oneOf = [], discriminator } of several) {
      const { propertyName, mapping } = discriminator as { propertyName: string; mapping: Record<string, string> };
      expect(Object.values(mapping)).toEqual(oneOf.map((reference) => (reference as { $ref: string }).$ref));
      for (const [kind, reference] of Object.entries(mapping)) {
        const { properties, required } = document.schemas[reference.split('/').at(-1) as string] as never;
        expect([kind, properties[propertyName]]).toEqual([kind, expect.objectContaining({ enum: [kind] })]);
        expect(required).toContain(propertyName);
      }
    }
  });

  it('have an example for every member, and it passes the schema and the rules', async () => {
    const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
    for (const name of Object.keys(document.schemas)) {
      const { example, missing } = document.exampleOf(name);
      const validate = document.validator(name);
      expect([name, missing, validate(example), validate.errors]).toEqual([name, [], true, null]);
      const [, metatype] = BODIES.find(([dto]) => dto === name) ?? [];
      if (metatype) await expect(pipe.transform(example, { type: 'body', metatype })).resolves.toEqual(example);
    }
  });
});

describe('the answers of an application', () => {
  const world = useSandbox();
  const ada = newPerson('ada');
  let context: TestingModule;
  let ceremonies: DelegatedCeremonies;

  beforeAll(async () => {
    context = await world.startInstance();
    ceremonies = context.get(DelegatedCeremonies);
    const begun = await ceremonies.beginRegistration('ada', { wallets: [{ network: 'EthereumSepolia', name: 'one' }] });
    expectDescribed('BegunRegistration', begun);
    const credentials = credentialsOf(ada, begun.challenge.challenge);
    const registered = await ceremonies.finishRegistration('ada', begun.ceremonyId, credentials);
    expectDescribed('RegisteredUser', registered);
    expect(registered.wallets).toHaveLength(1);
  });

  /** Checks what a browser gets. Members that the document does not name are refused. */
  function expectDescribed(name: string, answer: object): void {
    const validate = document.validator(name);
    const sent = JSON.parse(JSON.stringify(answer));
    expect([name, validate(sent), validate.errors, sent]).toEqual([name, true, null, sent]);
  }

  const signed = async ({ challenge }: library.BegunAction) => ({
    firstFactor: await new KeySigner(ada.key).sign({ ...challenge, challengeIdentifier: '' }),
  });

  it('are described: an action, with and without an externalId', async () => {
    const action = { method: 'POST' as const, path: '/wallets', body: { network: 'EthereumSepolia' } };
    const begun = await ceremonies.beginAction('ada', action);
    expectDescribed('BegunAction', begun);
    const wallet = await ceremonies.finishAction<library.Wallet>('ada', begun.ceremonyId, await signed(begun));
    const transfer = { kind: 'Native', to: wallet.address, amount: '1' };
    const path = `/wallets/${wallet.id}/transfers`;
    expectDescribed(
      'BegunAction',
      await ceremonies.beginAction('ada', { method: 'POST', path, body: transfer, externalId: true }),
    );
  });

  it.each(['Fido2', 'Key'] as const)('are described: the challenge for a credential of kind %s', async (kind) => {
    expectDescribed('BegunCredential', await ceremonies.beginCredential('ada', kind));
  });

  it('are described: a new credential', async () => {
    const begun = await ceremonies.beginCredential('ada', 'Key');
    const person = { ...newPerson('tablet'), key: newKey('tablet') };
    const { firstFactorCredential } = credentialsOf(person, begun.challenge.challenge);
    const approval = await ceremonies.beginCredentialAction('ada', begun.ceremonyId, {
      ...firstFactorCredential,
      credentialName: 'tablet',
    });
    expectDescribed('BegunAction', approval);
    const added = await ceremonies.finishAction<object>('ada', approval.ceremonyId, await signed(approval));
    expectDescribed('DfnsCredential', added);
    for (const credential of await context.get(DfnsCredentials).list('ada')) {
      expectDescribed('DfnsCredential', credential);
    }
  });

  it('are described: a recovery', async () => {
    const bea = newPerson('bea');
    const { ceremonyId, challenge } = await ceremonies.beginRegistration('bea');
    await ceremonies.finishRegistration('bea', ceremonyId, credentialsOf(bea, challenge.challenge));
    const begun = await ceremonies.beginRecovery('bea', bea.recoveryKey.credId);
    expectDescribed('BegunRecovery', begun);
    expect(begun.challenge.allowedRecoveryCredentials).toHaveLength(1);
    const recovery = signRecovery(bea.recoveryKey, credentialsOf(newPerson('bea again'), begun.challenge.challenge));
    expectDescribed('RecoveryResult', await ceremonies.finishRecovery('bea', begun.ceremonyId, recovery));
  });

  it('are described: the health, and an error', async () => {
    expectDescribed('DfnsHealth', (await context.get(DfnsHealthIndicator).check()).dfns);
    world.sandbox.faults.add({ on: 'GET /auth/credentials', times: 3, kind: 'status', status: 503 });
    const error = await failureOf(context.get(DfnsCredentials).list('ada'));
    if (!isDfnsError(error)) throw error;
    expectDescribed('DfnsHttpAnswer', toHttpException(error).getResponse() as object);
  });
});
