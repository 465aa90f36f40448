import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as library from 'nestjs-dfns-auth';
import { KeySigner, signRecovery } from 'nestjs-dfns-auth';
import { credentialsOf, newPerson, type Person } from '../libs/dfns-auth/test/support/person-keys.js';
import { OpenApiDocument } from './support/openapi-document.js';
import { story } from './support/story.js';
import { useApplication } from './support/use-application.js';

const application = useApplication();

async function served(): Promise<OpenApiDocument> {
  const answer = await fetch(`${application.url}/openapi.json`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  return new OpenApiDocument((await answer.json()) as OpenAPIObject);
}

describe('the OpenAPI document of the reference application', () => {
  it('is valid OpenAPI', async () => {
    const { document } = await served();
    expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
  });

  it('describes every body and every answer', async () => {
    const document = await served();
    expect(document.operations.map(({ route }) => route).sort()).toEqual([
      'DELETE /session',
      'GET /me',
      'GET /session',
      'GET /wallets',
      'POST /accounts',
      'POST /actions/{ceremonyId}',
      'POST /me/credentials',
      'POST /me/credentials/{ceremonyId}',
      'POST /me/recovery',
      'POST /me/recovery/{ceremonyId}',
      'POST /me/registration',
      'POST /me/registration/{ceremonyId}',
      'POST /session',
      'POST /wallets/{walletId}/transfers',
    ]);
    expect(document.operations.flatMap((operation) => document.undescribed(operation))).toEqual([]);
  });

  it('has the schemas that it refers to, and no others', async () => {
    const document = await served();
    expect([...document.referenced].sort()).toEqual(Object.keys(document.schemas).sort());
  });

  it('has an example for every member, and the examples fit the schemas', async () => {
    const document = await served();
    for (const name of Object.keys(document.schemas)) {
      const { example, missing } = document.exampleOf(name);
      expect(missing).toEqual([]);
      const validate = document.validator(name);
      validate(example);
      expect([name, validate.errors]).toEqual([name, null]);
    }
  });

  it('has examples of bodies that pass the rules of the library', async () => {
    const document = await served();
    const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
    const bodies = Object.entries(library).filter(([name]) => name.endsWith('Dto') && name in document.schemas);
    expect(bodies.length).toBeGreaterThan(3);
    for (const [name, metatype] of bodies) {
      const { example } = document.exampleOf(name);
      await expect(pipe.transform(example, { type: 'body', metatype: metatype as never })).resolves.toEqual(example);
    }
  });
});

describe('the answers of the reference application', () => {
  const step = story();
  const ada = newPerson('ada');
  const renewed = newPerson('ada again');
  const account = { email: 'ada@example.test', password: 'correct horse' };
  let cookie = '';

  /** Sends a request, and checks the answer against the document. */
  async function send<T>(route: string, path: string, body?: object): Promise<T> {
    const [method = ''] = route.split(' ');
    const headers = { 'content-type': 'application/json', 'x-requested-with': 'fetch', cookie };
    const answer = await fetch(application.url + path, { method, headers, body: body && JSON.stringify(body) });
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    const document = await served();
    const described = document.operations.find((operation) => operation.route === route)?.responses[answer.status];
    expect([route, answer.status, described !== undefined]).toEqual([route, answer.status, true]);
    const text = await answer.text();
    if (!described?.content) {
      expect(text).toBe('');
      return undefined as T;
    }
    const validate = document.validator(described.content['application/json']?.schema ?? {}, ['TransferAnswer']);
    validate(JSON.parse(text));
    expect([route, validate.errors]).toEqual([route, null]);
    return JSON.parse(text);
  }

  type Begun<C = library.PublicUserActionChallenge> = library.Ceremony<C>;

  const signed = async ({ key }: Person, { challenge }: Begun) => ({
    firstFactor: await new KeySigner(key).sign({ ...challenge, challengeIdentifier: '' }),
  });

  step('describes the account', async () => {
    await send('GET /session', '/session');
    await send('POST /accounts', '/accounts', account);
    await send('POST /session', '/session', account);
    await send('GET /session', '/session');
  });

  step('describes the registration', async () => {
    const begun = await send<Begun>('POST /me/registration', '/me/registration');
    const path = `/me/registration/${begun.ceremonyId}`;
    await send('POST /me/registration/{ceremonyId}', path, credentialsOf(ada, begun.challenge.challenge));
    await send('GET /me', '/me');
  });

  step('describes the wallets and a transfer', async () => {
    const [wallet] = await send<{ id: string; address: string }[]>('GET /wallets', '/wallets');
    const transfer = { to: wallet?.address, amount: '1', externalId: randomUUID() };
    const begun = await send<Begun>('POST /wallets/{walletId}/transfers', `/wallets/${wallet?.id}/transfers`, transfer);
    await send('POST /actions/{ceremonyId}', `/actions/${begun.ceremonyId}`, await signed(ada, begun));
    const [{ transfers }] = await send<[{ transfers: object[] }]>('GET /wallets', '/wallets');
    expect(transfers).toHaveLength(1);
  });

  step('describes a new credential', async () => {
    const begun = await send<Begun>('POST /me/credentials', '/me/credentials');
    const { firstFactorCredential } = credentialsOf(newPerson('tablet'), begun.challenge.challenge);
    const credential = { credentialName: 'My tablet', ...firstFactorCredential, credentialKind: 'Fido2' };
    await send('POST /me/credentials/{ceremonyId}', `/me/credentials/${begun.ceremonyId}`, credential);
  });

  step('describes the recovery', async () => {
    const begun = await send<Begun>('POST /me/recovery', '/me/recovery');
    const newCredentials = credentialsOf(renewed, begun.challenge.challenge);
    await send(
      'POST /me/recovery/{ceremonyId}',
      `/me/recovery/${begun.ceremonyId}`,
      signRecovery(ada.recoveryKey, newCredentials),
    );
  });

  step('describes a failure of Dfns, and a logout', async () => {
    const { faults } = application.sandbox;
    faults.add({ on: 'GET /auth/credentials', times: Number.POSITIVE_INFINITY, kind: 'status', status: 503 });
    const answer = await fetch(`${application.url}/me`, { headers: { cookie } });
    faults.clear();
    const validate = (await served()).validator('DfnsHttpAnswer');
    expect([answer.status, validate(await answer.json())]).toEqual([503, true]);
    await send('DELETE /session', '/session');
  });
});
