import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import {
  createKeyCredential,
  DelegatedAuthService,
  DfnsClient,
  DfnsCredentials,
  KeySigner,
  type UserAction,
  type UserActionChallenge,
} from 'nestjs-dfns-auth';
import { newKey } from './new-person.js';
import { startWith } from './registered.js';

describe('credentials of a user', () => {
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let credentials: DfnsCredentials;
  let signer: KeySigner;
  let token: string;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start();
    const { credId, privateKey } = sandbox.createUser({ username: 'ada' });
    signer = new KeySigner({ credId: credId as string, privateKey: privateKey as string });
    context = await startWith(sandbox);
    credentials = context.get(DfnsCredentials);
    token = await context.get(DelegatedAuthService).getToken('ada');
  });

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  /** What a device of the user does: both requests of a user action, with the user's own key. */
  async function signed({ method, path, body }: UserAction): Promise<string> {
    const client = context.get(DfnsClient);
    const caller = { userToken: token };
    const init = {
      userActionPayload: JSON.stringify(body),
      userActionHttpMethod: method,
      userActionHttpPath: path,
    };
    const challenge = await client.request<UserActionChallenge>({
      method: 'POST',
      path: '/auth/action/init',
      body: init,
      caller,
    });
    const answer = {
      challengeIdentifier: challenge.challengeIdentifier,
      firstFactor: await signer.sign(challenge),
    };
    const { userAction } = await client.request<{ userAction: string }>({
      method: 'POST',
      path: '/auth/action',
      body: answer,
      caller,
    });
    return userAction;
  }

  it('are added, listed, switched off and on', async () => {
    const { challenge, challengeIdentifier } = await credentials.createChallenge({ userToken: token }, 'Key');
    const request = {
      ...createKeyCredential(challenge, { credentialKind: 'Key', credentialName: 'laptop', ...newKey('laptop') }),
      challengeIdentifier,
    };
    const userAction = await signed({ method: 'POST', path: '/auth/credentials', body: request });
    const { credentialUuid } = await credentials.create({ userToken: token }, request, userAction);
    const states = async () =>
      (await credentials.list({ userToken: token })).map(({ name, isActive }) => [name, isActive]);
    await expect(states()).resolves.toEqual([
      ['Default Credential', true],
      ['laptop', true],
    ]);
    for (const [to, isActive] of [
      ['deactivate', false],
      ['activate', true],
    ] as const) {
      const path = `/auth/credentials/${to}`;
      await credentials[to](
        { userToken: token },
        credentialUuid,
        await signed({ method: 'PUT', path, body: { credentialUuid } }),
      );
      await expect(states()).resolves.toContainEqual(['laptop', isActive]);
    }
  });

  it('are not added with a user action for something else', async () => {
    const { challenge, challengeIdentifier } = await credentials.createChallenge({ userToken: token }, 'Key');
    const request = {
      ...createKeyCredential(challenge, { credentialKind: 'Key', credentialName: 'phone', ...newKey('phone') }),
      challengeIdentifier,
    };
    const userAction = await signed({ method: 'POST', path: '/auth/credentials', body: { ...request, x: 1 } });
    await expect(credentials.create({ userToken: token }, request, userAction)).rejects.toMatchObject({
      code: 'DFNS_USER_ACTION_REJECTED',
    });
  });

  it('have challenges that only passkeys need more of', async () => {
    const passkey = await credentials.createChallenge({ userToken: token }, 'Fido2');
    expect(passkey).toMatchObject({ kind: 'Fido2', excludeCredentials: [], authenticatorSelection: {} });
    const key = await credentials.createChallenge({ userToken: token }, 'RecoveryKey');
    expect(key).not.toHaveProperty('authenticatorSelection');
    expect(key).not.toHaveProperty('temporaryAuthenticationToken');
  });

  it.each([
    [{ credentialName: '' }, 'credentialName'],
    [{ challengeIdentifier: undefined }, 'challengeIdentifier'],
    [{ credentialKind: 'PasswordProtectedKey' }, 'encryptedPrivateKey'],
    [{ encryptedPrivateKey: 'x' }, 'encryptedPrivateKey'],
    [{ credentialInfo: [] }, 'credentialInfo'],
  ])('refuse a body with %j before any request', async (spoilt, member) => {
    const made = createKeyCredential('Y2g', { credentialKind: 'Key', credentialName: 'n', ...newKey('n') });
    const before = sandbox.requests.length;
    const request = { ...made, challengeIdentifier: 'x', ...spoilt };
    await expect(credentials.create({ userToken: token }, request as never, 'action')).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(member),
    });
    expect(sandbox.requests).toHaveLength(before);
  });
});
