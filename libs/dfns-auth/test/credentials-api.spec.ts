import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import {
  createKeyCredential,
  DelegatedAuthService,
  DfnsClient,
  DfnsCredentials,
  KeySigner,
  type UserAction,
  type UserActionChallenge,
} from 'nestjs-dfns-auth';
import { newKey } from './support/person-keys.js';
import { useSandbox } from './support/use-sandbox.js';

describe('credentials of a user', () => {
  const world = useSandbox();
  let context: TestingModule;
  let credentials: DfnsCredentials;
  let signer: KeySigner;
  let token: string;

  beforeAll(async () => {
    const { credId, privateKey } = world.sandbox.createUser({ username: 'ada' });
    signer = new KeySigner({ credId: credId as string, privateKey: privateKey as string });
    context = await world.startInstance();
    credentials = context.get(DfnsCredentials);
    token = await context.get(DelegatedAuthService).getToken('ada');
  });

  /** Does what a device of the user does: sends both requests of a user action, and signs with the key of the user. */
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

  it('can be added, listed, deactivated and activated', async () => {
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

  it('cannot be added with a user action for another request', async () => {
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

  it('have challenges with more members for passkeys than for keys', async () => {
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
    const before = world.sandbox.requests.length;
    const request = { ...made, challengeIdentifier: 'x', ...spoilt };
    await expect(credentials.create({ userToken: token }, request as never, 'action')).rejects.toMatchObject({
      code: 'DFNS_BAD_REQUEST',
      message: expect.stringContaining(member),
    });
    expect(world.sandbox.requests).toHaveLength(before);
  });
});
