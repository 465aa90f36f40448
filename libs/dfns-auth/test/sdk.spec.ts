import { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CredentialSigner, KeySigner } from 'nestjs-dfns-auth';
import { vectors } from './support/published-vectors.js';
import { useSandbox } from './support/use-sandbox.js';

describe.each(vectors.keys.map((key) => [key.id, key] as const))('with a key of %s', (_, key) => {
  const privateKey = key.privateKeyPem['pkcs8'] as string;
  const world = useSandbox({ users: ['ada'] });
  let account: { authToken: string; credId: string };

  beforeAll(() => {
    account = world.sandbox.createServiceAccount({ publicKey: key.publicKeyPem.spki });
  });

  it('KeySigner works inside the official client', async () => {
    const { authToken, credId } = account;
    const client = new DfnsApiClient({
      baseUrl: world.sandbox.url,
      orgId: world.sandbox.orgId,
      authToken,
      signer: new KeySigner({ credId, privateKey }),
    });
    const { token } = await client.auth.delegatedLogin({ body: { username: 'ada' } });
    expect(token.split('.')).toHaveLength(3);
  });

  it('the official signer works as the credential of the service account', async () => {
    const { authToken, credId } = account;
    const credential: CredentialSigner = new AsymmetricKeySigner({ credId, privateKey });
    const service = await world.startService({ serviceAccount: { authToken, credential } });
    const { token } = await service.login({ username: 'ada' });
    expect(token.split('.')).toHaveLength(3);
  });

  it('the service account can log a user in', async () => {
    const { authToken, credId } = account;
    const service = await world.startService({ serviceAccount: { authToken, credential: { credId, privateKey } } });
    await expect(service.getToken('ada')).resolves.toBeDefined();
  });
});
