import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DelegatedAuthService, signRecovery } from 'nestjs-dfns-auth';
import { credentialsOf, newKey, newPerson } from './support/person-keys.js';
import { vectors } from './support/published-vectors.js';
import { useSandbox, useSandboxForEachTest } from './support/use-sandbox.js';

const DELEGATED = 'POST /auth/recover/user/delegated';

describe('recovery', () => {
  const world = useSandbox();
  let service: DelegatedAuthService;

  beforeAll(async () => {
    service = await world.startService();
  });

  /** Creates a user with a recovery key, and returns the key. */
  function userWithRecoveryKey(username: string) {
    const { recovery } = world.sandbox.createUser({ username, recoveryCredential: { encryptedPrivateKey: 'wrapped' } });
    return { credId: recovery?.credId as string, privateKey: recovery?.privateKey as string };
  }

  it('replaces the credentials, and drops the kept token', async () => {
    const recoveryKey = userWithRecoveryKey('ada');
    const old = await service.getToken('ada');
    const before = world.sandbox.requests.length;
    const opened = await service.createRecoveryChallenge({ username: 'ada', credentialId: recoveryKey.credId });
    expect(opened.allowedRecoveryCredentials).toEqual([{ id: recoveryKey.credId, encryptedRecoveryKey: 'wrapped' }]);
    const signed = signRecovery(recoveryKey, credentialsOf(newPerson('ada'), opened.challenge));
    await expect(service.recover(opened.temporaryAuthenticationToken, signed)).resolves.toMatchObject({
      credential: { kind: 'Key' },
      user: { username: 'ada', orgId: world.sandbox.orgId },
    });
    expect(world.operations(before)).toEqual([
      'POST /auth/action/init',
      'POST /auth/action',
      DELEGATED,
      'POST /auth/recover/user',
    ]);
    expect(world.sandbox.user('ada')?.credentials.map(({ kind }) => kind)).toEqual(['Key', 'RecoveryKey']);
    await expect(service.getToken('ada')).resolves.not.toBe(old);
  });

  it('is refused for a credential that is not a recovery key of the user', async () => {
    userWithRecoveryKey('bea');
    const stranger = userWithRecoveryKey('cleo');
    await expect(
      service.createRecoveryChallenge({ username: 'bea', credentialId: stranger.credId }),
    ).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST', upstreamStatus: 401 });
  });

  it('is refused for the signature of another key', async () => {
    const { credId } = userWithRecoveryKey('dora');
    const opened = await service.createRecoveryChallenge({ username: 'dora', credentialId: credId });
    const credentials = credentialsOf(newPerson('dora'), opened.challenge);
    const forged = signRecovery({ ...newKey('forged'), credId }, credentials);
    await expect(service.recover(opened.temporaryAuthenticationToken, forged)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
  });

  it.each([
    ['recovery', (body: object) => ({ ...body, recovery: [] })],
    ['recovery.kind', (body: object) => ({ ...body, recovery: { kind: 'Key', credentialAssertion: {} } })],
    ['recovery.credentialAssertion', (body: object) => ({ ...body, recovery: { kind: 'RecoveryKey' } })],
    ['newCredentials', (body: object) => ({ ...body, newCredentials: undefined })],
    ['challengeIdentifier', (body: object) => ({ ...body, challengeIdentifier: 'x' })],
  ])('refuses a body with a wrong %s before any request', async (member, spoil) => {
    const before = world.sandbox.requests.length;
    const signed = signRecovery(newKey('any'), credentialsOf(newPerson('any'), 'Y2g'));
    await expect(service.recover('token', spoil(signed) as never)).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(member),
    });
    expect(world.sandbox.requests).toHaveLength(before);
  });

  it('refuses an answer without a correct list of recovery keys', async () => {
    const { credId } = userWithRecoveryKey('emmy');
    const good = await service.createRecoveryChallenge({ username: 'emmy', credentialId: credId });
    for (const allowedRecoveryCredentials of [undefined, [{ id: credId }], [credId]]) {
      const body = JSON.stringify({ ...good, allowedRecoveryCredentials });
      world.sandbox.faults.add({ on: DELEGATED, kind: 'status', status: 200, body });
      await expect(service.createRecoveryChallenge({ username: 'emmy', credentialId: credId })).rejects.toMatchObject({
        code: 'DFNS_MALFORMED_RESPONSE',
      });
    }
  });
});

describe('the vectors of recovery', () => {
  const { recovery, recoveryInvalid } = vectors;
  const world = useSandboxForEachTest({ challenges: () => recovery.serverChallenge });
  let service: DelegatedAuthService;
  let token: string;

  beforeEach(async () => {
    service = await world.startService();
    const { credId, publicKeyPem } = recovery.existingRecoveryKey;
    world.sandbox.createUser({ username: 'ada', recoveryCredential: { credId, publicKey: publicKeyPem } });
    const opened = await service.createRecoveryChallenge({ username: 'ada', credentialId: credId });
    token = opened.temporaryAuthenticationToken;
  });

  it.each(recoveryInvalid)('are refused: $name', async ({ body }) => {
    await expect(service.recover(token, body)).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
  });

  it('are accepted, and the library sends the signed text unchanged', async () => {
    await expect(service.recover(token, recovery.body)).resolves.toMatchObject({ user: { username: 'ada' } });
    expect(world.sandbox.requests.at(-1)?.body).toContain(`"newCredentials":${recovery.newCredentialsJson}`);
  });
});
