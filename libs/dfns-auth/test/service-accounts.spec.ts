import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  type DfnsAuthModuleOptions,
  DfnsServiceAccounts,
  DfnsUsers,
  getDfnsToken,
  type NewServiceAccountDto,
} from 'nestjs-dfns-auth';
import { startManager } from './support/managing-account.js';
import { newKeyPair } from './support/person-keys.js';
import { reachableTexts } from './support/reachable-texts.js';
import { SigningPerson } from './support/signing-person.js';
import { useSandbox } from './support/use-sandbox.js';

const PERMISSIONS = ['Read', 'Update', 'Activate', 'Deactivate', 'Delete'].map(
  (name) => `Auth:ServiceAccounts:${name}`,
);
const SIGNED = ['POST /auth/action/init', 'POST /auth/action'];

describe('service accounts', () => {
  const world = useSandbox();
  let context: TestingModule;
  let accounts: DfnsServiceAccounts;
  let ownId: string;
  let employee: SigningPerson;

  beforeAll(async () => {
    ({ context, userId: ownId } = await startManager(world, PERMISSIONS));
    accounts = context.get(DfnsServiceAccounts);
    const boss = world.sandbox.createUser({ username: 'boss', kind: 'CustomerEmployee' });
    employee = new SigningPerson(context, world.sandbox, boss);
  });

  async function created(more: Partial<NewServiceAccountDto> = {}) {
    const { publicKey, privateKey } = newKeyPair();
    const body = { name: 'reader', publicKey, ...more };
    const userAction = await employee.sign({ method: 'POST', path: '/auth/service-accounts', body });
    return { account: await accounts.create(employee, body, userAction), privateKey };
  }

  it('are created by an employee, and then make calls of their own', async () => {
    const { permissionId } = world.sandbox.createPermission({ name: 'readers', operations: ['Auth:Users:Read'] });
    const { account, privateKey } = await created({ permissionId, daysValid: 1, externalId: 'ci-1' });
    const [{ accessToken = '', credId = '' } = {}] = account.accessTokens;
    expect(account.userInfo).toMatchObject({ name: 'reader', isServiceAccount: true, isActive: true });
    const serviceAccount: DfnsAuthModuleOptions['serviceAccount'] = {
      authToken: accessToken,
      credential: { credId, privateKey },
    };
    const users = (await world.startInstance({ serviceAccount })).get(DfnsUsers);
    const { items } = await users.list({ kind: 'CustomerEmployee' });
    expect(items.map(({ username }) => username)).toContain('boss');
    await expect(users.archive('us-1')).rejects.toMatchObject({ code: 'DFNS_SERVICE_ACCOUNT_FORBIDDEN' });
  });

  it('conceal the secret of a new account from printing, JSON and copies', async () => {
    const { account } = await created();
    const token = account.accessTokens[0];
    const secret = token?.accessToken as string;
    expect(secret).toMatch(/^ey/);
    expect(token).toHaveProperty('accessToken', secret);
    expect(JSON.stringify(account)).toContain(token?.tokenId);
    for (const text of [JSON.stringify(account), inspect(account, { depth: 9 }), JSON.stringify({ ...token })]) {
      expect(text).not.toContain(secret);
    }
    for (const { path, text } of reachableTexts(account)) expect([path, text.includes(secret)]).toEqual([path, false]);
  });

  it('are listed and read without a secret', async () => {
    const { account } = await created();
    const { userId } = account.userInfo;
    const listed = await accounts.list();
    expect(listed.map(({ userInfo }) => userInfo.userId)).toEqual(expect.arrayContaining([ownId, userId]));
    const read = await accounts.get(userId);
    expect(read).toMatchObject({ userInfo: { name: 'reader' }, accessTokens: [{ kind: 'ServiceAccount' }] });
    expect(read.accessTokens[0]?.accessToken).toBeUndefined();
    await expect(accounts.get('us-aaaaa-bbbbb-cccccccccccccccc')).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it('are renamed, deactivated, activated and archived with signed requests', async () => {
    const { userId } = (await created()).account.userInfo;
    const before = world.sandbox.requests.length;
    await expect(accounts.update(userId, { name: 'writer' })).resolves.toMatchObject({ userInfo: { name: 'writer' } });
    await expect(accounts.deactivate(userId)).resolves.toMatchObject({ userInfo: { isActive: false } });
    await expect(accounts.activate(userId)).resolves.toMatchObject({ userInfo: { isActive: true } });
    await expect(accounts.archive(userId, { force: true })).resolves.toMatchObject({ userInfo: { isActive: false } });
    const path = `/auth/service-accounts/${userId}`;
    expect(world.operations(before)).toEqual([
      ...SIGNED,
      `PUT ${path}`,
      ...SIGNED,
      `PUT ${path}/deactivate`,
      ...SIGNED,
      `PUT ${path}/activate`,
      ...SIGNED,
      `DELETE ${path}?force=true`,
    ]);
    await expect(accounts.get(userId)).rejects.toMatchObject({ code: 'DFNS_NOT_FOUND' });
  });

  it('are not created by an end user, nor with a signature for another request', async () => {
    const { publicKey } = newKeyPair();
    const body = { name: 'reader', publicKey };
    const action = { method: 'POST', path: '/auth/service-accounts', body } as const;
    const user = new SigningPerson(context, world.sandbox, world.sandbox.createUser({ username: 'ada' }));
    const refused = accounts.create(user, body, await user.sign(action));
    await expect(refused).rejects.toMatchObject({ code: 'DFNS_USER_FORBIDDEN' });
    const other = await employee.sign({ ...action, body: { ...body, name: 'other' } });
    await expect(accounts.create(employee, body, other)).rejects.toMatchObject({ code: 'DFNS_USER_ACTION_REJECTED' });
  });

  it.each([
    ['create', () => accounts.create(employee, { name: '', publicKey: 'x' }, 'action')],
    ['update', () => accounts.update('us-1', { name: 7 } as never)],
    ['archive', () => accounts.archive('us-1?force=true')],
  ])('refuse a wrong argument of %s before any request', async (_, call) => {
    const before = world.sandbox.requests.length;
    await expect(call()).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST' });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it('are a service of named instances too', () => {
    expect(getDfnsToken(DfnsServiceAccounts)).toBe(DfnsServiceAccounts);
    expect(String(getDfnsToken(DfnsServiceAccounts, 'uae'))).toBe('Symbol(nestjs-dfns-auth/DfnsServiceAccounts/uae)');
  });
});
