import { generateKeyPairSync } from 'node:crypto';
import { DfnsApiClient } from '@dfns/sdk';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedServiceAccount, CreatedUser } from 'dfns-sandbox';
import { useSandbox } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

let now = Date.parse('2026-11-20T10:00:00Z');
const dfns = useSandbox({ now: () => now });
let account: CreatedServiceAccount;
let backend: DfnsApiClient;
let count = 0;
beforeAll(() => {
  account = dfns.sandbox.createServiceAccount();
  backend = signingClient(dfns, account);
});

function newUser(kind: 'EndUser' | 'CustomerEmployee' = 'EndUser') {
  count += 1;
  const user = dfns.sandbox.createUser({ username: `user ${count}`, kind });
  return { ...user, authToken: dfns.sandbox.issueUserToken(user.username), credId: user.credId ?? '' };
}
const clientOf = (user: ReturnType<typeof newUser>) => signingClient(dfns, user);

describe('users', () => {
  it('are listed in pages and by kind, without service accounts', async () => {
    const employees = async () => {
      const { items } = await backend.auth.listUsers({ query: { kind: 'CustomerEmployee', limit: 200 } });
      return items.map(({ userId }) => userId);
    };
    const earlier = await employees();
    const made = [newUser(), newUser(), newUser('CustomerEmployee')];
    const seen: CreatedUser[] = [];
    let paginationToken: string | undefined;
    do {
      const page = await backend.auth.listUsers({ query: { limit: 2, paginationToken } });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...(page.items as CreatedUser[]));
      paginationToken = page.nextPageToken;
    } while (paginationToken);
    expect(seen.slice(-3).map(({ userId }) => userId)).toEqual(made.map(({ userId }) => userId));
    expect(await employees()).toEqual([...earlier, made[2]?.userId]);
  });

  it.each(['limit=0', 'limit=201', 'limit=two', 'paginationToken=LTE', 'paginationToken=', 'kind=Robot'])(
    'are not listed with the query %s',
    async (query) => {
      const answer = await dfns.call('GET', `/auth/users?${query}`, { token: account.authToken });
      expect(answer).toMatchObject({ status: 400 });
    },
  );

  it('lose all tokens when they are deactivated, and do not get them back when they are activated', async () => {
    const user = newUser();
    const { userId } = user;
    await expect(backend.auth.deactivateUser({ userId })).resolves.toMatchObject({ isActive: false });
    const fresh = { ...user, authToken: dfns.sandbox.issueUserToken(user.username) };
    for (const off of [user, fresh]) {
      await expect(clientOf(off).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
    }
    await expect(backend.auth.activateUser({ userId })).resolves.toMatchObject({ isActive: true });
    await expect(clientOf(user).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
    const authToken = dfns.sandbox.issueUserToken(user.username);
    await expect(clientOf({ ...user, authToken }).wallets.listWallets()).resolves.toEqual({ items: [] });
  });

  it('cannot be activated after they are archived', async () => {
    const { userId, username } = newUser();
    await expect(backend.auth.archiveUser({ userId })).resolves.toMatchObject({ isActive: false });
    await expect(backend.auth.activateUser({ userId })).rejects.toMatchObject({ httpStatus: 422 });
    const { items } = await backend.auth.listUsers({ query: { limit: 200 } });
    expect(items.map((user) => user.userId)).not.toContain(userId);
    await expect(backend.auth.getUser({ userId })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'user not found',
    });
    await expect(backend.auth.delegatedLogin({ body: { username } })).rejects.toMatchObject({
      message: 'User not found',
    });
  });

  it('can be read by id; an unknown id gives 404', async () => {
    const { userId, username } = newUser();
    await expect(backend.auth.getUser({ userId })).resolves.toMatchObject({ username, kind: 'EndUser' });
    for (const unknown of ['us-xxxxx-xxxxx-xxxxxxxxxxxxxxxx', account.userId]) {
      await expect(backend.auth.getUser({ userId: unknown })).rejects.toMatchObject({ httpStatus: 404 });
    }
  });

  it('cannot list users', async () => {
    const user = newUser();
    await expect(clientOf(user).auth.listUsers()).rejects.toMatchObject({
      httpStatus: 403,
      message: `EndUser ${user.userId} is not authorized to perform operation (/auth/users)`,
    });
  });
});

describe('logout', () => {
  it('ends one token, or all tokens of the user', async () => {
    const [one, other] = [newUser(), newUser()];
    const second = { ...one, authToken: dfns.sandbox.issueUserToken(one.username) };
    await expect(clientOf(one).auth.logout({ body: {} })).resolves.toEqual({ message: 'success' });
    await expect(clientOf(one).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
    await expect(clientOf(second).wallets.listWallets()).resolves.toEqual({ items: [] });

    const third = { ...one, authToken: dfns.sandbox.issueUserToken(one.username) };
    await clientOf(second).auth.logout({ body: { allSessions: true } });
    await expect(clientOf(third).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
    await expect(clientOf(other).wallets.listWallets()).resolves.toEqual({ items: [] });
  });

  it('is not allowed for service accounts', async () => {
    await expect(backend.auth.logout({ body: {} })).rejects.toMatchObject({ httpStatus: 403 });
  });
});

describe('service accounts', () => {
  const publicKey = new SoftwareKey().publicKey;

  it('are created by employees, and show the token only once', async () => {
    const employee = clientOf(newUser('CustomerEmployee'));
    const key = new SoftwareKey();
    const operations = ['Auth:Login:Delegated', 'Auth:Users:Read'];
    const { permissionId } = dfns.sandbox.createPermission({ name: 'ci', operations });
    const body = { name: 'ci', publicKey: key.publicKey, permissionId, daysValid: 1 };
    const { userInfo, accessTokens } = await employee.auth.createServiceAccount({ body });
    const [{ accessToken = '', credId } = { credId: '' }] = accessTokens;
    const ci = signingClient(dfns, { authToken: accessToken, credId, privateKey: key.privateKeyPem });
    const { username } = newUser();
    await expect(ci.auth.delegatedLogin({ body: { username } })).resolves.toHaveProperty('token');

    const again = await backend.auth.getServiceAccount({ serviceAccountId: userInfo.userId });
    expect(again.accessTokens).toMatchObject([{ credId, kind: 'ServiceAccount' }]);
    expect(JSON.stringify(again)).not.toContain(accessToken);
    now += 86_400_000;
    await expect(ci.auth.listUsers()).rejects.toMatchObject({ httpStatus: 401 });
  });

  it('are renamed, switched off and on, and archived', async () => {
    const admin = clientOf(newUser('CustomerEmployee'));
    const machine = dfns.sandbox.createServiceAccount({ name: 'ci' });
    const own = signingClient(dfns, machine);
    const serviceAccountId = machine.userId;
    const renamed = await admin.auth.updateServiceAccount({ serviceAccountId, body: { name: 'deploy' } });
    expect(renamed).toMatchObject({ userInfo: { name: 'deploy' }, accessTokens: [{ name: 'deploy' }] });
    expect(renamed.userInfo).not.toHaveProperty('isSSORequired');
    expect(renamed.accessTokens[0]).toMatchObject({
      credId: machine.credId,
      linkedAppId: expect.stringMatching(/^ap-/),
      permissionAssignments: [{ permissionName: 'SandboxBackEndAccess' }],
    });
    const off = await admin.auth.deactivateServiceAccount({ serviceAccountId, body: { force: true } });
    expect(off).toMatchObject({ userInfo: { isActive: false }, accessTokens: [{ isActive: false }] });
    await expect(own.auth.listUsers()).rejects.toMatchObject({ httpStatus: 401 });
    await admin.auth.activateServiceAccount({ serviceAccountId });
    await expect(own.auth.listUsers()).resolves.toHaveProperty('items');
    await admin.auth.archiveServiceAccount({ serviceAccountId, query: { force: true } });
    await expect(own.auth.listUsers()).rejects.toMatchObject({ httpStatus: 401 });
    await expect(admin.auth.getServiceAccount({ serviceAccountId })).rejects.toMatchObject({ httpStatus: 404 });
    const { items } = await admin.auth.listServiceAccounts();
    expect(items.map(({ userInfo }) => userInfo.userId)).not.toContain(serviceAccountId);
  });

  it('are not created with a permission that does not exist, or that the employee may not assign', async () => {
    const { permissionId } = dfns.sandbox.createPermission({ name: 'assigned', operations: ['Wallets:Read'] });
    const user = dfns.sandbox.createUser({
      username: 'weak employee',
      kind: 'CustomerEmployee',
      permissions: ['Auth:ServiceAccounts:Create'],
    });
    const weak = { ...user, credId: user.credId ?? '', authToken: dfns.sandbox.issueUserToken(user.username) };
    const count = () => backend.auth.listServiceAccounts().then(({ items }) => items.length);
    const before = await count();
    const body = { name: 'x', publicKey, permissionId };
    await expect(clientOf(weak).auth.createServiceAccount({ body })).rejects.toMatchObject({
      httpStatus: 403,
      message: expect.stringMatching(/\(Permissions:Assign\)$/),
    });
    const unknown = { ...body, permissionId: 'pm-xxxxx-xxxxx-xxxxxxxxxxxxxxxx' };
    const admin = clientOf(newUser('CustomerEmployee'));
    await expect(admin.auth.createServiceAccount({ body: unknown })).rejects.toMatchObject({ httpStatus: 404 });
    expect(await count()).toBe(before);
  });

  it.each(['PUT', 'DELETE'] as const)('refuse %s with a force that is no flag', async (method) => {
    const { userId } = dfns.sandbox.createServiceAccount();
    const admin = newUser('CustomerEmployee');
    const path = `/auth/service-accounts/${userId}${method === 'PUT' ? '/deactivate' : '?force=yes'}`;
    expect(await signedCall(dfns, admin, method, path, method === 'PUT' ? { force: 'yes' } : '')).toMatchObject({
      status: 400,
      message: expect.stringContaining('force'),
    });
  });

  it('can do nothing without a permission', async () => {
    const employee = clientOf(newUser('CustomerEmployee'));
    const { accessTokens } = await employee.auth.createServiceAccount({ body: { name: 'idle', publicKey } });
    expect(await dfns.call('GET', '/auth/users', { token: accessTokens[0]?.accessToken ?? '' })).toMatchObject({
      status: 403,
      message: expect.stringMatching(/\(Auth:Users:Read\)$/),
    });
  });

  it('cannot be created by service accounts or end users', async () => {
    for (const client of [backend, clientOf(newUser())]) {
      await expect(client.auth.createServiceAccount({ body: { name: 'no', publicKey } })).rejects.toMatchObject({
        httpStatus: 403,
        message: expect.stringMatching(/\(\/auth\/service-accounts\)$/),
      });
    }
  });

  it.each([
    ['a private key', new SoftwareKey().privateKeyPem],
    [
      'a key that cannot sign',
      generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    ['no key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('cannot be created with %s', async (_, unusable) => {
    const employee = clientOf(newUser('CustomerEmployee'));
    await expect(
      employee.auth.createServiceAccount({ body: { name: 'x', publicKey: unusable } }),
    ).rejects.toMatchObject({
      httpStatus: 400,
    });
    expect(() => dfns.sandbox.createServiceAccount({ publicKey: unusable })).toThrow();
  });

  it('are listed', async () => {
    const { items } = await backend.auth.listServiceAccounts();
    expect(items.map(({ userInfo }) => userInfo.userId)).toContain(account.userId);
    await expect(backend.auth.getServiceAccount({ serviceAccountId: newUser().userId })).rejects.toMatchObject({
      httpStatus: 404,
    });
  });
});

describe('permissions', () => {
  it.each([
    ['Auth:Login:Delegated'],
    ['Auth:Delegated:Login'],
    ['Auth:Users:Read', 'Auth:Users:Delegate', 'Auth:Types:EndUser'],
  ])('are accepted with their current and older names: %s', async (...permissions) => {
    const client = signingClient(dfns, dfns.sandbox.createServiceAccount({ permissions }));
    const { username } = newUser();
    await expect(client.auth.delegatedLogin({ body: { username } })).resolves.toHaveProperty('token');
    await expect(client.wallets.listWallets()).rejects.toMatchObject({
      httpStatus: 403,
      message: expect.stringMatching(/\(Wallets:Read\)$/),
    });
  });
});

describe('a part of an older permission', () => {
  it('is not enough', async () => {
    const permissions = ['Auth:Users:Read', 'Auth:Users:Delegate'];
    const client = signingClient(dfns, dfns.sandbox.createServiceAccount({ permissions }));
    await expect(client.auth.delegatedLogin({ body: { username: 'anybody' } })).rejects.toMatchObject({
      httpStatus: 403,
    });
  });
});

describe('own credentials', () => {
  let user: ReturnType<typeof newUser>;
  let client: DfnsApiClient;
  beforeEach(() => {
    user = newUser();
    client = clientOf(user);
  });
  const credIds = async () => (await client.auth.listCredentials()).items.map(({ credentialId }) => credentialId);

  it('can be added: a key that signed the challenge', async () => {
    const key = new SoftwareKey();
    const { challenge, challengeIdentifier } = await initKey();
    const body = { ...key.credential('Key', challenge), credentialName: 'second', challengeIdentifier };
    await expect(client.auth.createCredential({ body })).resolves.toMatchObject({ name: 'second', isActive: true });
    expect(await credIds()).toEqual([user.credId, key.credId]);
    const added = clientOf({ ...user, credId: key.credId, privateKey: key.privateKeyPem });
    await expect(added.wallets.createWallet({ body: { network: 'Base' } })).resolves.toMatchObject({
      custodial: false,
    });
    await expect(client.auth.createCredential({ body })).rejects.toMatchObject({
      message: 'Challenge token is not valid.',
    });
  });

  it.each([
    ['another kind', 400, (key: SoftwareKey, challenge: string) => key.credential('RecoveryKey', challenge)],
    ['another challenge', 401, (key: SoftwareKey) => key.credential('Key', 'another')],
  ])('cannot be added with %s', async (_, status, credential) => {
    const { challenge, challengeIdentifier } = await initKey();
    const body = { ...credential(new SoftwareKey(), challenge), credentialName: 'second', challengeIdentifier };
    expect(await signedCall(dfns, user, 'POST', '/auth/credentials', body)).toMatchObject({ status });
  });

  it('have a challenge for each kind', async () => {
    for (const kind of ['Key', 'Fido2', 'PasswordProtectedKey', 'RecoveryKey'] as const) {
      const body = { kind };
      expect(await dfns.call('POST', '/auth/credentials/init', { token: user.authToken, body })).toMatchObject({
        status: 200,
        body: { kind, user: { id: user.userId, name: user.username } },
      });
    }
  });

  it('do not sign after they are deactivated', async () => {
    const { credentialUuid } = dfns.sandbox.user(user.username) ?? { credentialUuid: '' };
    await expect(client.auth.deactivateCredential({ body: { credentialUuid } })).resolves.toEqual({
      message: 'success',
    });
    await expect(client.wallets.createWallet({ body: { network: 'Base' } })).rejects.toThrow('does not match allowed');
    const refused = { httpStatus: 401, message: /^User does not have a credential/ };
    await expect(backend.auth.delegatedLogin({ body: { username: user.username } })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(refused.message),
    });
  });

  it('can be deactivated, activated and deleted', async () => {
    const { challenge, challengeIdentifier } = await initKey();
    const body = { ...new SoftwareKey().credential('Key', challenge), credentialName: 'second', challengeIdentifier };
    const { credentialUuid } = await client.auth.createCredential({ body });
    await client.auth.deactivateCredential({ body: { credentialUuid } });
    await client.auth.activateCredential({ body: { credentialUuid } });
    expect((await client.auth.listCredentials()).items).toMatchObject([{ isActive: true }, { isActive: true }]);
    const path = `/auth/credentials/${credentialUuid}`;
    expect(await signedCall(dfns, user, 'DELETE', path)).toMatchObject({ status: 200, body: {} });
    expect(await credIds()).toEqual([user.credId]);
    expect(await signedCall(dfns, user, 'DELETE', path)).toMatchObject({ status: 404 });
  });

  it('are not available to service accounts', async () => {
    await expect(backend.auth.listCredentials()).rejects.toMatchObject({ httpStatus: 403 });
  });

  const initKey = async () => {
    const token = user.authToken;
    return (await dfns.call('POST', '/auth/credentials/init', { token, body: { kind: 'Key' } })).body;
  };
});
