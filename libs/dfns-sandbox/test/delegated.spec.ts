import { createHash, createPublicKey, verify } from 'node:crypto';
import { DfnsApiClient } from '@dfns/sdk';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { useSandbox } from './support/checked-sandbox.js';
import { relayingClient, signingClient } from './support/clients.js';
import { SoftwareKey } from './support/software-key.js';

let now = Date.parse('2026-11-20T10:00:00Z');
const dfns = useSandbox({ now: () => now });
let backend: DfnsApiClient;
beforeAll(() => {
  backend = signingClient(dfns, dfns.sandbox.createServiceAccount());
});

const begin = (email: string) =>
  backend.auth.createDelegatedRegistrationChallenge({ body: { email, kind: 'EndUser', externalId: 'crm-1' } });
const withToken = (authToken: string) => new DfnsApiClient({ baseUrl: dfns.url, orgId: dfns.sandbox.orgId, authToken });

/** Registers a user with a key, a recovery key and two wallets. */
async function register(email: string) {
  const [key, recoveryKey] = [new SoftwareKey(), new SoftwareKey()];
  const { challenge, temporaryAuthenticationToken } = await begin(email);
  const result = await withToken(temporaryAuthenticationToken).auth.registerEndUser({
    body: {
      firstFactorCredential: key.credential('Key', challenge),
      recoveryCredential: { ...recoveryKey.credential('RecoveryKey', challenge), encryptedPrivateKey: 'opaque' },
      wallets: [{ network: 'EthereumSepolia', name: 'mine' }, { network: 'Solana' }],
    },
  });
  return { key, recoveryKey, result, token: result.authentication.token };
}

describe('delegated registration', () => {
  it('makes a user with credentials, delegated wallets and a token', async () => {
    const { result, token } = await register('ada@example.test');
    expect(result.user).toEqual({ id: expect.any(String), username: 'ada@example.test', orgId: dfns.sandbox.orgId });
    expect(result.credential).toMatchObject({ kind: 'Key', name: 'Default Credential' });
    expect(result.wallets).toMatchObject([
      { custodial: false, name: 'mine', signingKey: { curve: 'secp256k1', delegatedTo: result.user.id } },
      { custodial: false, network: 'Solana', signingKey: { curve: 'ed25519', delegatedTo: result.user.id } },
    ]);
    const { items } = await withToken(token).wallets.listWallets();
    expect(items.map(({ id }) => id)).toEqual(result.wallets.map(({ id }) => id));
  });

  it('also completes without wallets', async () => {
    const { challenge, temporaryAuthenticationToken } = await begin('bob');
    const body = { firstFactorCredential: new SoftwareKey().credential('Key', challenge) };
    const { user } = await withToken(temporaryAuthenticationToken).auth.register({ body });
    expect(dfns.sandbox.user('bob')).toMatchObject({ userId: user.id, isRegistered: true, externalId: 'crm-1' });
    await expect(backend.auth.delegatedLogin({ body: { username: 'bob' } })).resolves.toHaveProperty('token');
  });

  it('accepts a second factor and a password protected key', async () => {
    const { challenge, temporaryAuthenticationToken } = await begin('two factors');
    const body = {
      firstFactorCredential: {
        ...new SoftwareKey().credential('PasswordProtectedKey', challenge),
        encryptedPrivateKey: 'sealed',
      },
      secondFactorCredential: new SoftwareKey().credential('Key', challenge),
    };
    await withToken(temporaryAuthenticationToken).auth.register({ body });
    expect(dfns.sandbox.user('two factors')?.credentials).toMatchObject([
      { kind: 'PasswordProtectedKey', encryptedPrivateKey: 'sealed' },
      { kind: 'Key' },
    ]);
  });

  it('refuses the username of another user, also if that registration is not complete', async () => {
    const taken = { httpStatus: 401, message: 'User already exists.' };
    await begin('taken');
    await expect(begin('taken')).rejects.toMatchObject(taken);
    await register('registered');
    await expect(begin('registered')).rejects.toMatchObject(taken);
  });

  it('gives a temporary token for one registration, which expires after fifteen minutes', async () => {
    const complete = (token: string, challenge: string) =>
      withToken(token).auth.register({
        body: { firstFactorCredential: new SoftwareKey().credential('Key', challenge) },
      });
    const refused = { httpStatus: 401, message: 'Not Authorized.' };
    const once = await begin('once');
    await expect(withToken(once.temporaryAuthenticationToken).wallets.listWallets()).rejects.toMatchObject(refused);
    await expect(complete(once.temporaryAuthenticationToken, 'another')).rejects.toMatchObject({ httpStatus: 401 });
    await complete(once.temporaryAuthenticationToken, once.challenge);
    await expect(complete(once.temporaryAuthenticationToken, once.challenge)).rejects.toMatchObject(refused);
    const late = await begin('late');
    now += 900_000;
    await expect(complete(late.temporaryAuthenticationToken, late.challenge)).rejects.toMatchObject(refused);
  });

  it('can be completed once, also when three requests come at the same time', async () => {
    const { challenge, temporaryAuthenticationToken } = await begin('twice');
    const complete = () =>
      withToken(temporaryAuthenticationToken).auth.register({
        body: { firstFactorCredential: new SoftwareKey().credential('Key', challenge) },
      });
    const outcomes = await Promise.allSettled([complete(), complete(), complete()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('can be completed with its temporary token only', async () => {
    const { token } = await register('session');
    await expect(withToken(token).auth.register({ body: {} as never })).rejects.toMatchObject({
      httpStatus: 403,
      message: expect.stringMatching(/^EndUser us-\S+ is not authorized .+ \(\/auth\/registration\)$/),
    });
  });

  it('refuses a credential id that another user has, and one that occurs twice', async () => {
    const { key } = await register('holder');
    const { challenge, temporaryAuthenticationToken } = await begin('copycat');
    const complete = (body: object) => withToken(temporaryAuthenticationToken).auth.register({ body: body as never });
    const mine = new SoftwareKey();
    await expect(complete({ firstFactorCredential: key.credential('Key', challenge) })).rejects.toMatchObject({
      httpStatus: 409,
    });
    await expect(
      complete({
        firstFactorCredential: mine.credential('Key', challenge),
        recoveryCredential: mine.credential('RecoveryKey', challenge),
      }),
    ).rejects.toMatchObject({ httpStatus: 409 });
  });
});

describe('delegated login', () => {
  const logIn = (username: string) => backend.auth.delegatedLogin({ body: { username } });

  it.each([
    ['an unknown user', 'nobody', 401, /^User not found$/],
    [
      'a user whose registration is not complete',
      'unfinished',
      401,
      /^User does not have a credential that can be used for the application\.$/,
    ],
    ['a deactivated user', 'inactive', 400, /^User account has been deactivated\.$/],
    ['an employee', 'employee', 403, /^CustomerEmployee us-\S+ is not authorized .+ \(\/auth\/login\/delegated\)$/],
  ])('refuses %s', async (_, username, httpStatus, message) => {
    const { sandbox } = dfns;
    if (username === 'unfinished') sandbox.createUser({ username, registered: false });
    if (username === 'employee') sandbox.createUser({ username, kind: 'CustomerEmployee' });
    if (username === 'inactive') {
      sandbox.createUser({ username });
      sandbox.deactivateUser(username);
    }
    await expect(logIn(username)).rejects.toMatchObject({ httpStatus, message: expect.stringMatching(message) });
  });

  it('is allowed for service accounts only', async () => {
    const user = dfns.sandbox.createUser({ username: 'not a service account' });
    const token = dfns.sandbox.issueUserToken(user.username);
    const refused = await dfns.call('POST', '/auth/login/delegated', { token, body: { username: 'x' } });
    expect(refused.message).toBe(
      `EndUser ${user.userId} is not authorized to perform operation (/auth/login/delegated)`,
    );
  });

  it('gives a token with the documented claims, which expires after one hour', async () => {
    dfns.sandbox.createUser({ username: 'hour' });
    const { token } = await logIn('hour');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({
      'https://custom/username': 'hour',
      'https://custom/app_metadata': {
        userId: dfns.sandbox.user('hour')?.userId,
        orgId: dfns.sandbox.orgId,
        tokenKind: 'Token',
      },
      exp: claims.iat + 3600,
    });
    now += 3_599_000;
    await expect(withToken(token).wallets.listWallets()).resolves.toEqual({ items: [] });
    now += 1_000;
    await expect(withToken(token).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
  });
});

describe('delegated signing', () => {
  it('lets a user sign a request that the back end sends', async () => {
    const { key, result, token } = await register('signer');
    const relay = relayingClient(dfns, token);
    const message = Buffer.from('pay 1 ETH');
    const request = {
      walletId: result.wallets[0]?.id ?? '',
      body: { kind: 'Hash', hash: createHash('sha256').update(message).digest('hex') },
    } as const;
    const { challenge, challengeIdentifier } = await relay.wallets.generateSignatureInit(request);
    const signed = { kind: 'Key', credentialAssertion: key.assertion(challenge) } as const;
    const { signature, requester } = await relay.wallets.generateSignatureComplete(request, {
      challengeIdentifier,
      firstFactor: signed,
    });
    expect(requester).toEqual({ userId: result.user.id });
    const point = Buffer.from(result.wallets[0]?.signingKey.publicKey ?? '', 'hex');
    const spki = Buffer.concat([Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex'), point]);
    const publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    const raw = Buffer.from(`${signature?.r}${signature?.s}`.replaceAll('0x', ''), 'hex');
    expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
  });

  it('lets end users create wallets, and shows them no other wallets', async () => {
    const { key, result, token } = await register('maker');
    const relay = relayingClient(dfns, token);
    const request = { body: { network: 'Polygon' } } as const;
    const { challenge, challengeIdentifier } = await relay.wallets.createWalletInit(request);
    const firstFactor = { kind: 'Key', credentialAssertion: key.assertion(challenge) } as const;
    const made = await relay.wallets.createWalletComplete(request, { challengeIdentifier, firstFactor });
    expect(made).toMatchObject({ custodial: false, signingKey: { delegatedTo: result.user.id } });
    const company = dfns.sandbox.createWallet({ network: 'Bitcoin' });
    await expect(withToken(token).wallets.getWallet({ walletId: company.id })).rejects.toMatchObject({
      httpStatus: 404,
      message: 'wallet not found',
    });
    await expect(backend.wallets.getWallet({ walletId: company.id })).resolves.toMatchObject({ custodial: true });
  });
});

describe('delegated recovery', () => {
  const open = (username: string, credentialId: string) =>
    backend.auth.createDelegatedRecoveryChallenge({ body: { username, credentialId } });
  const base64url = (text: string) => Buffer.from(text).toString('base64url');

  it('replaces all credentials and ends all tokens', async () => {
    const { key, recoveryKey, token } = await register('recovering');
    const { challenge, temporaryAuthenticationToken, ...opened } = await open('recovering', recoveryKey.credId);
    expect(opened.allowedRecoveryCredentials).toEqual([{ id: recoveryKey.credId, encryptedRecoveryKey: 'opaque' }]);
    const next = new SoftwareKey();
    const newCredentials = {
      firstFactorCredential: next.credential('Key', challenge),
      recoveryCredential: new SoftwareKey().credential('RecoveryKey', challenge),
    };
    const credentialAssertion = recoveryKey.assertion(base64url(JSON.stringify(newCredentials)));
    const body = { recovery: { kind: 'RecoveryKey', credentialAssertion }, newCredentials } as const;
    const session = withToken(temporaryAuthenticationToken);
    await expect(session.auth.recover({ body })).resolves.toMatchObject({ user: { username: 'recovering' } });

    await expect(withToken(token).wallets.listWallets()).rejects.toMatchObject({ httpStatus: 401 });
    await expect(session.auth.recover({ body })).rejects.toMatchObject({ httpStatus: 401, message: 'Not Authorized.' });
    const login = await backend.auth.delegatedLogin({ body: { username: 'recovering' } });
    const { allowCredentials } = await relayingClient(dfns, login.token).wallets.createWalletInit({
      body: { network: 'Bitcoin' },
    });
    expect(allowCredentials.key.map(({ id }) => id)).toEqual([next.credId]);
    expect(key.credId).not.toBe(next.credId);
    await expect(withToken(login.token).wallets.listWallets()).resolves.toMatchObject({
      items: [{ name: 'mine' }, { network: 'Solana' }],
    });
  });

  it('needs the id of a recovery key of the user', async () => {
    const { key, recoveryKey } = await register('careful');
    const refused = { httpStatus: 401, message: 'Credential cannot be used as a recovery factor.' };
    await expect(open('careful', key.credId)).rejects.toMatchObject(refused);
    await expect(open('careful', 'unknown')).rejects.toMatchObject(refused);
    await expect(open('nobody', recoveryKey.credId)).rejects.toMatchObject({ message: 'User not found' });
    dfns.sandbox.deactivateUser('careful');
    await expect(open('careful', recoveryKey.credId)).rejects.toMatchObject({
      httpStatus: 400,
      message: 'User account has been deactivated.',
    });
  });

  it('needs a signature by this recovery key over these new credentials', async () => {
    const { recoveryKey } = await register('stubborn');
    const { challenge, temporaryAuthenticationToken } = await open('stubborn', recoveryKey.credId);
    const newCredentials = { firstFactorCredential: new SoftwareKey().credential('Key', challenge) };
    const N = base64url(JSON.stringify(newCredentials));
    const attempts = [
      [recoveryKey.assertion(base64url('{}')), /challenge is not the challenge/],
      [recoveryKey.assertion(challenge), /challenge is not the challenge/],
      [recoveryKey.assertion(N, 'key.create'), /type must be key\.get/],
      [{ ...new SoftwareKey().assertion(N), credId: recoveryKey.credId }, /signature does not verify/],
      [new SoftwareKey().assertion(N), /^Credential cannot be used as a recovery factor\.$/],
    ] as const;
    for (const [credentialAssertion, message] of attempts) {
      const body = { recovery: { kind: 'RecoveryKey', credentialAssertion }, newCredentials } as const;
      await expect(withToken(temporaryAuthenticationToken).auth.recover({ body })).rejects.toMatchObject({
        httpStatus: 401,
        message: expect.stringMatching(message),
      });
    }
    expect(dfns.sandbox.user('stubborn')?.credentials).toHaveLength(2);
  });
});
