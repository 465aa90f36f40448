import { beforeAll, describe, expect, it } from '@jest/globals';
import { createKeyCredential, DfnsCredentials, type UserAction } from 'nestjs-dfns-auth';
import { newKey } from './support/person-keys.js';
import { SigningPerson } from './support/signing-person.js';
import { useSandbox } from './support/use-sandbox.js';

describe('credentials of a user', () => {
  const world = useSandbox();
  let credentials: DfnsCredentials;
  let token: string;
  let signed: (action: UserAction) => Promise<string>;

  beforeAll(async () => {
    const user = world.sandbox.createUser({ username: 'ada' });
    const context = await world.startInstance();
    credentials = context.get(DfnsCredentials);
    const person = new SigningPerson(context, world.sandbox, user);
    token = person.userToken;
    signed = (action) => person.sign(action);
  });

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
