import type { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { useSandbox } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

let now = Date.parse('2026-11-20T10:00:00Z');
const dfns = useSandbox({ now: () => now });
const refused = (httpStatus: number) => expect.objectContaining({ httpStatus });
let count = 0;

interface Signer {
  credId: string;
  privateKey?: string;
}

function newPerson(kind: 'EndUser' | 'CustomerEmployee' = 'CustomerEmployee', permissions?: string[]) {
  count += 1;
  const user = dfns.sandbox.createUser({ username: `person ${count}`, kind, permissions });
  const identity = { ...user, authToken: dfns.sandbox.issueUserToken(user.username), credId: user.credId ?? '' };
  return { ...identity, client: signingClient(dfns, identity) };
}

describe('a personal access token', () => {
  let person: ReturnType<typeof newPerson>;
  let client: DfnsApiClient;
  beforeEach(() => {
    person = newPerson();
    client = person.client;
  });

  async function created(more: { permissionId?: string; daysValid?: number; secondsValid?: number } = {}) {
    const key = new SoftwareKey();
    count += 1;
    const body = { name: `token ${count}`, publicKey: key.publicKey, ...more };
    const token = await client.auth.createPersonalAccessToken({ body });
    const identity = { authToken: token.accessToken, credId: token.credId, privateKey: key.privateKeyPem };
    return { token, identity, client: signingClient(dfns, identity) };
  }

  it('acts for its user, and signs with a key of its own', async () => {
    const { client: own, token, identity } = await created();
    await expect(own.wallets.createWallet({ body: { network: 'Base' } })).resolves.toMatchObject({ network: 'Base' });
    const withTheKeyOfThePerson = signingClient(dfns, { ...person, authToken: identity.authToken });
    await expect(withTheKeyOfThePerson.wallets.createWallet({ body: { network: 'Base' } })).rejects.toThrow();
    await expect(client.auth.getPersonalAccessToken({ tokenId: token.tokenId })).resolves.toMatchObject({
      kind: 'Pat',
      linkedUserId: person.userId,
      isActive: true,
      permissionAssignments: [],
    });
  });

  it('does not share challenges and user actions with its user', async () => {
    const { identity } = await created();
    const body = { network: 'Base' };
    for (const [signer, thief] of [
      [person, identity],
      [identity, person],
    ] as const) {
      const challenge = await opened(signer.authToken, body);
      expect(challenge.allowCredentials.key).toEqual([{ type: 'public-key', id: signer.credId }]);
      const answer = await answered(signer, challenge);
      const stolen = await dfns.call('POST', '/auth/action', { token: thief.authToken, body: answer });
      expect(stolen).toMatchObject({ status: 400, message: 'Challenge token is not valid.' });
      const signed = await dfns.call('POST', '/auth/action', { token: signer.authToken, body: answer });
      const headers = { 'X-DFNS-USERACTION': signed.body.userAction };
      expect(await dfns.call('POST', '/wallets', { token: thief.authToken, body, headers })).toMatchObject({
        status: 403,
        message: 'user action signature is missing or invalid',
      });
      expect(await dfns.call('POST', '/wallets', { token: signer.authToken, body, headers })).toMatchObject({
        status: 200,
      });
    }
  });

  const opened = async (token: string, body: object) => {
    const action = { userActionHttpMethod: 'POST', userActionHttpPath: '/wallets' };
    const init = { ...action, userActionPayload: JSON.stringify(body) };
    return (await dfns.call('POST', '/auth/action/init', { token, body: init })).body;
  };

  const answered = async ({ credId, privateKey = '' }: Signer, challenge: { challengeIdentifier: string }) => ({
    challengeIdentifier: challenge.challengeIdentifier,
    firstFactor: await new AsymmetricKeySigner({ credId, privateKey }).sign(challenge as never),
  });

  it('may do what both its permission and its user may do', async () => {
    const operations = ['Auth:Users:Read', 'Policies:Read'];
    const { permissionId } = dfns.sandbox.createPermission({ name: `limit ${count}`, operations });
    const { client: own, token } = await created({ permissionId });
    expect(token.permissionAssignments).toMatchObject([{ permissionId, operations }]);
    await expect(own.auth.listUsers()).resolves.toHaveProperty('items');
    await expect(own.wallets.listWallets()).rejects.toEqual(refused(403));
    const weak = newPerson('CustomerEmployee', ['Auth:Pats:Create']);
    client = weak.client;
    await expect((await created({ permissionId })).client.auth.listUsers()).rejects.toEqual(refused(403));
    await expect((await created()).client.auth.listUsers()).rejects.toEqual(refused(403));
  });

  it('ends after its seconds, which are stronger than its days', async () => {
    const { client: own } = await created({ daysValid: 700, secondsValid: 60 });
    now += 59_000;
    await expect(own.auth.listPersonalAccessTokens()).resolves.toHaveProperty('items');
    now += 1_000;
    await expect(own.auth.listPersonalAccessTokens()).rejects.toEqual(refused(401));
  });

  it('is renamed, deactivated, activated and removed', async () => {
    const { client: own, token } = await created();
    const { tokenId } = token;
    const renamed = await client.auth.updatePersonalAccessToken({ tokenId, body: { name: `other ${count}` } });
    expect(renamed).toMatchObject({ tokenId, name: `other ${count}` });
    await expect(client.auth.deactivatePersonalAccessToken({ tokenId })).resolves.toMatchObject({ isActive: false });
    await expect(own.auth.listUsers()).rejects.toEqual(refused(401));
    await expect(client.auth.activatePersonalAccessToken({ tokenId })).resolves.toMatchObject({ isActive: true });
    await expect(own.auth.archivePersonalAccessToken({ tokenId })).resolves.toMatchObject({ isActive: false });
    await expect(own.auth.listUsers()).rejects.toEqual(refused(401));
    await expect(client.auth.listPersonalAccessTokens()).resolves.toEqual({ items: [] });
    await expect(client.auth.getPersonalAccessToken({ tokenId })).rejects.toEqual(refused(404));
  });

  it('ends with the deactivation of its user, and does not come back; logging out everywhere leaves it alone', async () => {
    const { client: own } = await created();
    await client.auth.logout({ body: { allSessions: true } });
    await expect(own.auth.listUsers()).resolves.toHaveProperty('items');
    const admin = newPerson().client;
    await admin.auth.deactivateUser({ userId: person.userId });
    await admin.auth.activateUser({ userId: person.userId });
    await expect(own.auth.listUsers()).rejects.toEqual(refused(401));
  });

  it('is shown to its user only, and has a name of its own', async () => {
    const { token } = await created();
    const other = newPerson().client;
    await expect(other.auth.getPersonalAccessToken({ tokenId: token.tokenId })).rejects.toEqual(refused(404));
    await expect(other.auth.listPersonalAccessTokens()).resolves.toEqual({ items: [] });
    const body = { name: token.name, publicKey: new SoftwareKey().publicKey };
    await expect(client.auth.createPersonalAccessToken({ body })).rejects.toEqual(refused(409));
    await expect(other.auth.createPersonalAccessToken({ body })).resolves.toMatchObject({ name: token.name });
  });

  it('cannot make tokens, service accounts or invitations, log out, or see credentials', async () => {
    const { client: own, identity } = await created();
    const body = { name: 'x', publicKey: new SoftwareKey().publicKey };
    await expect(own.auth.createPersonalAccessToken({ body })).rejects.toEqual(refused(403));
    await expect(own.auth.createServiceAccount({ body })).rejects.toEqual(refused(403));
    const invitation = { email: 'a@b.test', kind: 'CustomerEmployee' as const };
    await expect(own.auth.createUser({ body: invitation })).rejects.toEqual(refused(403));
    await expect(own.auth.logout({ body: {} })).rejects.toEqual(refused(403));
    await expect(own.auth.listCredentials()).rejects.toEqual(refused(403));
    const code = { expiration: Math.floor(now / 1000) + 30 };
    expect(await signedCall(dfns, identity, 'POST', '/auth/credentials/code', code)).toMatchObject({ status: 403 });
  });

  it('needs a permission that end users do not have, and a permission that exists', async () => {
    const body = { name: 'x', publicKey: new SoftwareKey().publicKey };
    await expect(newPerson('EndUser').client.auth.createPersonalAccessToken({ body })).rejects.toMatchObject({
      httpStatus: 403,
      message: expect.stringMatching(/\(Auth:Pats:Create\)$/),
    });
    const permissionId = 'pm-xxxxx-xxxxx-xxxxxxxxxxxxxxxx';
    await expect(client.auth.createPersonalAccessToken({ body: { ...body, permissionId } })).rejects.toEqual(
      refused(404),
    );
    await expect(client.auth.listPersonalAccessTokens()).resolves.toEqual({ items: [] });
  });

  it('is made by a test, for any user', async () => {
    const { username, userId } = newPerson('EndUser');
    const made = dfns.sandbox.createPersonalAccessToken({ username, permissions: ['Wallets:Read'] });
    const own = signingClient(dfns, made);
    await expect(own.wallets.listWallets()).resolves.toEqual({ items: [] });
    await expect(own.wallets.createWallet({ body: { network: 'Base' } })).rejects.toMatchObject({
      httpStatus: 403,
      message: `EndUser ${userId} is not authorized to perform operation (Wallets:Create)`,
    });
    expect(() => dfns.sandbox.createPersonalAccessToken({ username: 'nobody' })).toThrow('There is no user nobody');
  });
});
