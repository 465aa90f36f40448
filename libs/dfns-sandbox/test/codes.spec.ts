import { DfnsApiClient, DfnsAuthenticator } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { useSandbox } from './support/checked-sandbox.js';
import { signedCall, signingClient } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

const MINUTE_MS = 60_000;
let now = Date.parse('2026-11-20T10:00:00Z');
const dfns = useSandbox({ now: () => now });
const refused = (httpStatus: number, message?: string) =>
  expect.objectContaining(message === undefined ? { httpStatus } : { httpStatus, message });
let count = 0;
/** The official client of somebody who has no token. */
let anonymous: DfnsApiClient;
let orgId: string;
beforeAll(() => {
  ({ orgId } = dfns.sandbox);
  anonymous = new DfnsApiClient({ baseUrl: dfns.url, orgId } as never);
});

function newPerson(
  request: { kind?: 'EndUser' | 'CustomerEmployee'; registered?: boolean; recovery?: SoftwareKey } = {},
) {
  count += 1;
  const { kind = 'CustomerEmployee', registered, recovery } = request;
  const key = new SoftwareKey();
  const username = `person-${count}@example.test`;
  const recoveryCredential = recovery && { publicKey: recovery.publicKey, credId: recovery.credId };
  const { userId } = dfns.sandbox.createUser({ username, kind, registered, credential: key, recoveryCredential });
  return { username, userId, key };
}

/** The code in the latest mail to a user. */
const codeOf = (username: string) => dfns.sandbox.outbox.list().findLast(({ to }) => to === username)?.code ?? '';
const factor = (key: SoftwareKey, challenge: string) => ({
  kind: 'Key' as const,
  credentialAssertion: key.assertion(challenge),
});

describe('the outbox', () => {
  it('lists the mails, oldest first, and can be emptied', async () => {
    const [one, other] = [newPerson(), newPerson()];
    dfns.sandbox.outbox.clear();
    await anonymous.auth.sendLoginCode({ body: { orgId, username: one.username } });
    await anonymous.auth.sendRecoveryCode({ body: { orgId, username: other.username } });
    const code = expect.stringMatching(/^\d{4}-\d{4}-\d{4}-\d{4}$/);
    expect(dfns.sandbox.outbox.list()).toEqual([
      { kind: 'login', to: one.username, code, sentAt: now },
      { kind: 'recovery', to: other.username, code, sentAt: now },
    ]);
    expect(dfns.sandbox.secrets).toContain(codeOf(one.username));
    dfns.sandbox.outbox.clear();
    expect(dfns.sandbox.outbox.list()).toEqual([]);
  });
});

describe('an invited employee', () => {
  async function invited() {
    count += 1;
    const boss = newPerson();
    const authToken = dfns.sandbox.issueUserToken(boss.username);
    const admin = signingClient(dfns, { authToken, credId: boss.key.credId, privateKey: boss.key.privateKeyPem });
    const username = `invited-${count}@example.test`;
    const user = await admin.auth.createUser({ body: { email: username, kind: 'CustomerEmployee' } });
    expect(user).toMatchObject({ username, isRegistered: false, permissions: [], permissionAssignments: [] });
    return { username, userId: user.userId, admin };
  }
  const begun = (username: string, registrationCode = codeOf(username)) =>
    anonymous.auth.createRegistrationChallenge({ body: { orgId, username, registrationCode } });
  const registeredWith = (key: SoftwareKey, challenge: string, token: string) =>
    new DfnsApiClient({ baseUrl: dfns.url, orgId, authToken: token } as never).auth.register({
      body: { firstFactorCredential: key.credential('Key', challenge) },
    });

  it('registers with the code in the mail, and then logs in', async () => {
    const { username } = await invited();
    const key = new SoftwareKey();
    const { challenge, temporaryAuthenticationToken } = await begun(username);
    await expect(registeredWith(key, challenge, temporaryAuthenticationToken)).resolves.toMatchObject({
      user: { username },
    });
    await expect(begun(username)).rejects.toEqual(refused(401, 'User already exists.'));
    const signer = new AsymmetricKeySigner({ credId: key.credId, privateKey: key.privateKeyPem });
    const login = new DfnsAuthenticator({ baseUrl: dfns.url, orgId, signer });
    await expect(login.login({ orgId, username })).resolves.toHaveProperty('token');
  });

  it('can get a new code, which kills the old one', async () => {
    const { username } = await invited();
    const old = codeOf(username);
    await anonymous.auth.resendRegistrationCode({ body: { orgId, username } });
    expect(codeOf(username)).not.toBe(old);
    await expect(begun(username, old)).rejects.toEqual(refused(403, 'Invalid code'));
    await expect(begun(username)).resolves.toHaveProperty('challenge');
  });

  it('has four hours', async () => {
    const { username } = await invited();
    now += 240 * MINUTE_MS - 1;
    await expect(begun(username)).resolves.toHaveProperty('challenge');
    now += 1;
    await expect(begun(username)).rejects.toEqual(refused(400, 'Registration code expired'));
  });

  it('cannot be invited twice, and does not become an end user', async () => {
    const { username, admin } = await invited();
    const again = admin.auth.createUser({ body: { email: username, kind: 'CustomerEmployee' } });
    await expect(again).rejects.toEqual(refused(401, 'User already exists.'));
    const { challenge, temporaryAuthenticationToken: token } = await begun(username);
    const body = { firstFactorCredential: new SoftwareKey().credential('Key', challenge), wallets: [] };
    expect(await dfns.call('POST', '/auth/registration/enduser', { token, body })).toMatchObject({ status: 403 });
  });

  it.each([
    ['an unknown user', () => 'nobody@example.test'],
    ['a registered user', () => newPerson().username],
    ['an end user', () => newPerson({ kind: 'EndUser', registered: false }).username],
  ])('is not told apart from %s', async (_, named) => {
    const username = named();
    const mails = dfns.sandbox.outbox.list().length;
    await expect(anonymous.auth.resendRegistrationCode({ body: { orgId, username } })).resolves.toEqual({
      message: 'success',
    });
    expect(dfns.sandbox.outbox.list()).toHaveLength(mails);
    await expect(begun('nobody@example.test', '1234-1234-1234-1234')).rejects.toEqual(refused(403, 'Invalid code'));
  });

  it('can be made to use SSO', async () => {
    const { userId, admin } = await invited();
    await expect(admin.auth.updateUser({ userId, body: { isSSORequired: true } })).resolves.toMatchObject({
      isSSORequired: true,
    });
  });
});

describe('a login', () => {
  const begun = (username: string | undefined, more: { loginCode?: string } = {}) =>
    anonymous.auth.createLoginChallenge({ body: { orgId, username, ...more } });

  it.each(['EndUser', 'CustomerEmployee'] as const)('of an %s gives a user token', async (kind) => {
    const { username, key, userId } = newPerson({ kind });
    const { challenge, challengeIdentifier, allowCredentials } = await begun(username);
    expect(allowCredentials.key).toEqual([{ type: 'public-key', id: key.credId }]);
    const body = { challengeIdentifier, firstFactor: factor(key, challenge) };
    const { token } = (await anonymous.auth.login({ body })) as { token: string };
    const own = await dfns.call('GET', '/auth/credentials', { token });
    expect(own).toMatchObject({ status: 200, body: { items: [{ credentialId: key.credId }] } });
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      'https://custom/app_metadata': { userId, orgId, tokenKind: 'Token' },
    });
    await expect(anonymous.auth.login({ body })).rejects.toEqual(refused(400, 'Challenge token is not valid.'));
  });

  it('is refused with another key, another challenge, and after fifteen minutes', async () => {
    const { username, key } = newPerson();
    const stranger = new SoftwareKey();
    for (const [signer, signed, status] of [
      [stranger, '', 401],
      [key, 'another', 401],
    ] as const) {
      const { challenge, challengeIdentifier } = await begun(username);
      const body = { challengeIdentifier, firstFactor: factor(signer, signed || challenge) };
      await expect(anonymous.auth.login({ body })).rejects.toEqual(refused(status));
    }
    const { challenge, challengeIdentifier } = await begun(username);
    now += 15 * MINUTE_MS;
    const body = { challengeIdentifier, firstFactor: factor(key, challenge) };
    await expect(anonymous.auth.login({ body })).rejects.toEqual(refused(400));
  });

  it('does not accept the challenge of a user action', async () => {
    const { username, key } = newPerson();
    const token = dfns.sandbox.issueUserToken(username);
    const action = { userActionHttpMethod: 'POST', userActionHttpPath: '/', userActionPayload: '' };
    const opened = (await dfns.call('POST', '/auth/action/init', { token, body: action })).body;
    const body = { challengeIdentifier: opened.challengeIdentifier, firstFactor: factor(key, opened.challenge) };
    await expect(anonymous.auth.login({ body })).rejects.toEqual(refused(400));
  });

  it('without a username lists no credentials, and needs a passkey', async () => {
    const { key } = newPerson();
    const { challenge, challengeIdentifier, allowCredentials } = await begun(undefined);
    expect(allowCredentials).toEqual({ key: [], passwordProtectedKey: [], webauthn: [] });
    const body = { challengeIdentifier, firstFactor: factor(key, challenge) };
    await expect(anonymous.auth.login({ body })).rejects.toEqual(refused(401));
  });

  it('shows keys with a password only with a code, which works once and for ten minutes', async () => {
    const { username } = await withWrappedKey();
    const wrapped = async (loginCode?: string) =>
      (await begun(username, { loginCode })).allowCredentials.passwordProtectedKey;
    expect(await wrapped()).toEqual([]);
    await anonymous.auth.sendLoginCode({ body: { orgId, username } });
    const code = codeOf(username);
    expect(await wrapped(code)).toMatchObject([{ encryptedPrivateKey: 'opaque' }]);
    await expect(begun(username, { loginCode: code })).rejects.toEqual(refused(403, 'Invalid code'));
    await anonymous.auth.sendLoginCode({ body: { orgId, username } });
    now += 10 * MINUTE_MS;
    await expect(begun(username, { loginCode: codeOf(username) })).rejects.toEqual(refused(403, 'Invalid code'));
  });

  async function withWrappedKey() {
    const person = newPerson();
    const token = dfns.sandbox.issueUserToken(person.username);
    const init = { token, body: { kind: 'PasswordProtectedKey' } };
    const { challenge, challengeIdentifier } = (await dfns.call('POST', '/auth/credentials/init', init)).body;
    const body = {
      ...new SoftwareKey().credential('PasswordProtectedKey', challenge),
      encryptedPrivateKey: 'opaque',
      credentialName: 'wrapped',
      challengeIdentifier,
    };
    const identity = { authToken: token, credId: person.key.credId, privateKey: person.key.privateKeyPem };
    await signedCall(dfns, identity, 'POST', '/auth/credentials', body);
    return person;
  }

  it('tells a user who must use SSO so', async () => {
    const { username, userId, key } = newPerson();
    const boss = newPerson();
    const identity = {
      authToken: dfns.sandbox.issueUserToken(boss.username),
      credId: boss.key.credId,
      privateKey: boss.key.privateKeyPem,
    };
    await signingClient(dfns, identity).auth.updateUser({ userId, body: { isSSORequired: true } });
    const { challenge, challengeIdentifier } = await begun(username);
    const body = { challengeIdentifier, firstFactor: factor(key, challenge) };
    await expect(anonymous.auth.login({ body })).resolves.toEqual({ ssoClientId: expect.any(String) });
  });

  const deactivated = (): string => {
    const { username } = newPerson();
    dfns.sandbox.deactivateUser(username);
    return username;
  };
  const unregistered = (): string => newPerson({ registered: false }).username;
  const NO_CREDENTIAL = 'User does not have a credential that can be used for the application.';

  it.each<[string, () => string, number, string]>([
    ['an unknown user', () => 'nobody', 401, 'User not found'],
    ['a user who did not register', unregistered, 401, NO_CREDENTIAL],
    ['a user who was deactivated', deactivated, 400, 'User account has been deactivated.'],
  ])('is refused for %s', async (_, named, status, message) => {
    const username = named();
    await expect(begun(username)).rejects.toEqual(refused(status, message));
    await expect(anonymous.auth.sendLoginCode({ body: { orgId, username } })).rejects.toEqual(refused(status, message));
  });

  it('needs the organisation, or a tenant', async () => {
    const { username } = newPerson();
    const init = (body: object) => dfns.call('POST', '/auth/login/init', { body: { username, ...body } });
    expect(await init({})).toMatchObject({ status: 400, message: expect.stringMatching(/orgId or body.tenantId/) });
    expect(await init({ tenantId: 'acct-1' })).toMatchObject({ status: 200 });
    expect(await init({ orgId: 'or-1' })).toMatchObject({ status: 404, message: 'organisation not found' });
  });
});

describe('a recovery that the user begins alone', () => {
  const begun = (username: string, credentialId: string, verificationCode = codeOf(username)) =>
    anonymous.auth.createRecoveryChallenge({ body: { orgId, username, verificationCode, credentialId } });

  it('needs the code in the mail once, and ends the personal access tokens', async () => {
    const recovery = new SoftwareKey();
    const { username } = newPerson({ recovery });
    const token = dfns.sandbox.createPersonalAccessToken({ username }).authToken;
    await anonymous.auth.sendRecoveryCode({ body: { orgId, username } });
    await expect(begun(username, recovery.credId, '0000-0000-0000-000x')).rejects.toEqual(refused(403, 'Invalid code'));
    const { challenge, temporaryAuthenticationToken } = await begun(username, recovery.credId);
    await expect(begun(username, recovery.credId)).rejects.toEqual(refused(403, 'Invalid code'));
    const newCredentials = { firstFactorCredential: new SoftwareKey().credential('Key', challenge) };
    const signed = Buffer.from(JSON.stringify(newCredentials)).toString('base64url');
    const body = {
      recovery: { kind: 'RecoveryKey' as const, credentialAssertion: recovery.assertion(signed) },
      newCredentials,
    };
    const client = new DfnsApiClient({ baseUrl: dfns.url, orgId, authToken: temporaryAuthenticationToken } as never);
    await expect(client.auth.recover({ body })).resolves.toMatchObject({ user: { username } });
    expect(await dfns.call('GET', '/auth/pats', { token })).toMatchObject({ status: 401 });
  });

  it('needs a recovery key, and a code of less than ten minutes', async () => {
    const recovery = new SoftwareKey();
    const { username, key } = newPerson({ recovery });
    await anonymous.auth.sendRecoveryCode({ body: { orgId, username } });
    const message = 'Credential cannot be used as a recovery factor.';
    await expect(begun(username, key.credId)).rejects.toEqual(refused(401, message));
    await anonymous.auth.sendRecoveryCode({ body: { orgId, username } });
    now += 10 * MINUTE_MS;
    await expect(begun(username, recovery.credId)).rejects.toEqual(refused(403, 'Invalid code'));
  });

  it('does not tell whether there is such a user', async () => {
    const mails = dfns.sandbox.outbox.list().length;
    const body = { orgId, username: 'nobody' };
    await expect(anonymous.auth.sendRecoveryCode({ body })).resolves.toEqual({ message: 'success' });
    expect(dfns.sandbox.outbox.list()).toHaveLength(mails);
    await expect(begun('nobody', 'x', '1234-1234-1234-1234')).rejects.toEqual(refused(403, 'Invalid code'));
  });
});

describe('a code for a credential on another domain', () => {
  async function codeFor(person: ReturnType<typeof newPerson>, expiration: string | number = seconds(60)) {
    const { username, key } = person;
    const authToken = dfns.sandbox.issueUserToken(username);
    const identity = { authToken, credId: key.credId, privateKey: key.privateKeyPem };
    return signingClient(dfns, identity).auth.createCredentialCode({ body: { expiration } });
  }
  const seconds = (ahead: number) => Math.floor(now / 1000) + ahead;
  const begun = (code: string) =>
    anonymous.auth.createCredentialChallengeWithCode({ body: { code, credentialKind: 'Key' } });
  const added = (
    key: SoftwareKey,
    { challenge, challengeIdentifier }: { challenge: string; challengeIdentifier: string },
  ) =>
    anonymous.auth.createCredentialWithCode({
      body: { ...key.credential('Key', challenge), credentialName: 'other domain', challengeIdentifier },
    });

  it('adds a credential without a bearer, once', async () => {
    const person = newPerson();
    const { code, expiration } = await codeFor(person);
    expect(code).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}$/);
    expect(Date.parse(expiration)).toBe(seconds(60) * 1000);
    const key = new SoftwareKey();
    const opened = (await begun(code)) as { challenge: string; challengeIdentifier: string };
    await expect(begun(code)).rejects.toEqual(refused(403, 'Invalid code'));
    await expect(added(key, opened)).resolves.toMatchObject({ credentialId: key.credId, name: 'other domain' });
    await expect(added(new SoftwareKey(), opened)).rejects.toEqual(refused(400, 'Challenge token is not valid.'));
    expect(dfns.sandbox.user(person.username)?.credentials.map(({ credId }) => credId)).toContain(key.credId);
  });

  it('ends at its time, which is at most one minute ahead', async () => {
    const person = newPerson();
    for (const expiration of [seconds(61), seconds(0), 'soon', '2026-13-40T00:00:00Z']) {
      await expect(codeFor(person, expiration)).rejects.toEqual(refused(400));
    }
    const { code } = await codeFor(person, new Date(now + 30_000).toISOString());
    now += 30_000;
    await expect(begun(code)).rejects.toEqual(refused(403, 'Invalid code'));
  });

  it('has a challenge of its own kind', async () => {
    const { username } = newPerson();
    const token = dfns.sandbox.issueUserToken(username);
    const opened = (await dfns.call('POST', '/auth/credentials/init', { token, body: { kind: 'Key' } })).body;
    await expect(added(new SoftwareKey(), opened)).rejects.toEqual(refused(400, 'Challenge token is not valid.'));
  });
});
