import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedAuthService, signRecovery } from 'nestjs-dfns-auth';
import { ceremonyVectors } from './ceremony-vectors.js';
import { credentialsOf, newKey, newPerson } from './new-person.js';
import { operations, startWith } from './registered.js';

const DELEGATED = 'POST /auth/recover/user/delegated';

describe('recovery', () => {
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let service: DelegatedAuthService;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start();
    context = await startWith(sandbox);
    service = context.get(DelegatedAuthService);
  });

  afterEach(() => sandbox.faults.clear());

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  /** A user of the sandbox with a recovery key. */
  function lost(username: string) {
    const { recovery } = sandbox.createUser({ username, recoveryCredential: { encryptedPrivateKey: 'wrapped' } });
    return { credId: recovery?.credId as string, privateKey: recovery?.privateKey as string };
  }

  it('gives new credentials for lost ones, and drops the token that was kept', async () => {
    const recoveryKey = lost('ada');
    const old = await service.getToken('ada');
    const before = sandbox.requests.length;
    const opened = await service.createRecoveryChallenge({ username: 'ada', credentialId: recoveryKey.credId });
    expect(opened.allowedRecoveryCredentials).toEqual([{ id: recoveryKey.credId, encryptedRecoveryKey: 'wrapped' }]);
    const signed = signRecovery(recoveryKey, credentialsOf(newPerson('ada'), opened.challenge));
    await expect(service.recover(opened.temporaryAuthenticationToken, signed)).resolves.toMatchObject({
      credential: { kind: 'Key' },
      user: { username: 'ada', orgId: sandbox.orgId },
    });
    expect(operations(sandbox, before)).toEqual([
      'POST /auth/action/init',
      'POST /auth/action',
      DELEGATED,
      'POST /auth/recover/user',
    ]);
    expect(sandbox.user('ada')?.credentials.map(({ kind }) => kind)).toEqual(['Key', 'RecoveryKey']);
    await expect(service.getToken('ada')).resolves.not.toBe(old);
  });

  it('is refused for a credential that is no recovery key of the user', async () => {
    lost('bea');
    const stranger = lost('cleo');
    await expect(
      service.createRecoveryChallenge({ username: 'bea', credentialId: stranger.credId }),
    ).rejects.toMatchObject({ code: 'DFNS_BAD_REQUEST', upstreamStatus: 401 });
  });

  it('is refused for the signature of another key', async () => {
    const { credId } = lost('dora');
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
    const before = sandbox.requests.length;
    const signed = signRecovery(newKey('any'), credentialsOf(newPerson('any'), 'Y2g'));
    await expect(service.recover('token', spoil(signed) as never)).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(member),
    });
    expect(sandbox.requests).toHaveLength(before);
  });

  it('refuses an answer whose recovery keys are not listed', async () => {
    const { credId } = lost('emmy');
    const good = await service.createRecoveryChallenge({ username: 'emmy', credentialId: credId });
    for (const allowedRecoveryCredentials of [undefined, [{ id: credId }], [credId]]) {
      const body = JSON.stringify({ ...good, allowedRecoveryCredentials });
      sandbox.faults.add({ on: DELEGATED, kind: 'status', status: 200, body });
      await expect(service.createRecoveryChallenge({ username: 'emmy', credentialId: credId })).rejects.toMatchObject({
        code: 'DFNS_MALFORMED_RESPONSE',
      });
    }
  });
});

describe('the vectors of recovery', () => {
  const { recovery, recoveryInvalid } = ceremonyVectors;
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let service: DelegatedAuthService;
  let token: string;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start({ challenges: () => recovery.serverChallenge });
    context = await startWith(sandbox);
    service = context.get(DelegatedAuthService);
    const { credId, publicKeyPem } = recovery.existingRecoveryKey;
    sandbox.createUser({ username: 'ada', recoveryCredential: { credId, publicKey: publicKeyPem } });
    const opened = await service.createRecoveryChallenge({ username: 'ada', credentialId: credId });
    token = opened.temporaryAuthenticationToken;
  });

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  it.each(recoveryInvalid)('are refused: $name', async ({ body }) => {
    await expect(service.recover(token, body)).rejects.toMatchObject({ code: 'DFNS_USER_UNAUTHORIZED' });
  });

  it('are accepted, and the text that was signed is sent unchanged', async () => {
    await expect(service.recover(token, recovery.body)).resolves.toMatchObject({ user: { username: 'ada' } });
    expect(sandbox.requests.at(-1)?.body).toContain(`"newCredentials":${recovery.newCredentialsJson}`);
  });
});
