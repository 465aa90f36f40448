import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  DfnsAuthModule,
  DfnsClient,
  DfnsPersonalAccessTokens,
  getDfnsToken,
  type NewPersonalAccessTokenDto,
} from 'nestjs-dfns-auth';
import { optionsFor } from './support/library-instance.js';
import { newKeyPair } from './support/person-keys.js';
import { SigningPerson } from './support/signing-person.js';
import { useSandbox } from './support/use-sandbox.js';

describe('personal access tokens', () => {
  const world = useSandbox();
  let context: TestingModule;
  let pats: DfnsPersonalAccessTokens;
  let ada: SigningPerson;

  beforeAll(async () => {
    context = await world.startInstance();
    pats = context.get(DfnsPersonalAccessTokens);
    const permissions = ['Auth:Pats:Create', 'Wallets:Read', 'Keys:Read'];
    const user = world.sandbox.createUser({ username: 'ada', permissions });
    ada = new SigningPerson(context, world.sandbox, user);
  });

  const signedBody = (method: 'POST' | 'PUT' | 'DELETE', path: string, body: object = {}) =>
    ada.sign({ method, path, body });

  async function created(name: string, more: Partial<NewPersonalAccessTokenDto> = {}) {
    const body = { name, publicKey: newKeyPair().publicKey, ...more };
    return pats.create(ada, body, await signedBody('POST', '/auth/pats', body));
  }

  it('are created with the signature of their person, and read in the name of the person', async () => {
    const { tokenId, accessToken = '' } = await created('laptop', { secondsValid: 60 });
    const wallets = { method: 'GET', path: '/wallets', caller: { userToken: accessToken } } as const;
    await expect(context.get(DfnsClient).request(wallets)).resolves.toEqual({ items: [] });
    await expect(pats.get('ada', tokenId)).resolves.toMatchObject({ tokenId, name: 'laptop', kind: 'Pat' });
    expect((await pats.list(ada)).map(({ name }) => name)).toContain('laptop');
  });

  it('conceal the secret of a new token', async () => {
    const token = await created('secret');
    expect(token.accessToken).toMatch(/^ey/);
    for (const text of [JSON.stringify(token), inspect(token, { depth: 9, getters: true, showHidden: true })]) {
      expect(text).toContain(token.tokenId);
      expect(text).not.toContain(token.accessToken);
    }
    expect((await pats.get(ada, token.tokenId)).accessToken).toBeUndefined();
  });

  it('are renamed, deactivated, activated and removed by their person', async () => {
    const { tokenId, accessToken = '' } = await created('old');
    const path = `/auth/pats/${tokenId}`;
    const isUsable = () =>
      pats.list({ userToken: accessToken }).then(
        () => true,
        () => false,
      );
    const change = { name: 'new', externalId: 'x' };
    await expect(pats.update('ada', tokenId, change, await signedAs(path, change))).resolves.toMatchObject({
      name: 'new',
    });
    await pats.deactivate(ada, tokenId, await signedBody('PUT', `${path}/deactivate`));
    expect(await isUsable()).toBe(false);
    await pats.activate(ada, tokenId, await signedBody('PUT', `${path}/activate`));
    expect(await isUsable()).toBe(true);
    const gone = await pats.archive(ada, tokenId, await signedBody('DELETE', path));
    expect(gone).toMatchObject({ tokenId, isActive: false });
    expect(await isUsable()).toBe(false);
    await expect(pats.get(ada, tokenId)).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  /** A user action is bound to who signed it, so the token of the broker and the token of the person can both send it. */
  const signedAs = (path: string, body: object) => signedBody('PUT', path, body);

  it('are not shown to others, and not made without a permission', async () => {
    const { tokenId } = await created('private');
    const bob = world.sandbox.createUser({ username: 'bob' });
    await expect(pats.get('bob', tokenId)).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
    const person = new SigningPerson(context, world.sandbox, bob);
    const body = { name: 'x', publicKey: newKeyPair().publicKey };
    const userAction = await person.sign({ method: 'POST', path: '/auth/pats', body });
    await expect(pats.create(person, body, userAction)).rejects.toMatchObject({ code: 'DFNS_USER_FORBIDDEN' });
  });

  it('refuse wrong bodies and ids before any request', async () => {
    const before = world.sandbox.requests.length;
    const refused = { code: 'DFNS_BAD_REQUEST' };
    const body = { name: 'x', publicKey: newKeyPair().publicKey };
    await expect(pats.create(ada, { ...body, daysValid: 731 }, 'action')).rejects.toMatchObject(refused);
    await expect(pats.create(ada, { ...body, publicKey: newKeyPair().privateKey }, 'a')).rejects.toMatchObject(refused);
    await expect(pats.archive(ada, '../users', 'action')).rejects.toMatchObject(refused);
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it('are a service of named instances', async () => {
    const named = await world.startModule(DfnsAuthModule.forRoot({ ...optionsFor(world.sandbox), name: 'uae' }));
    const service = named.get<DfnsPersonalAccessTokens>(getDfnsToken(DfnsPersonalAccessTokens, 'uae'));
    await expect(service.list(ada)).resolves.toEqual(expect.any(Array));
  });
});
