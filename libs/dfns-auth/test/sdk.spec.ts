import { DfnsApiClient } from '@dfns/sdk';
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DfnsSandbox } from 'dfns-sandbox';
import { type CredentialSigner, DelegatedAuthService, KeySigner } from 'nestjs-dfns-auth';
import { startWith } from './registered.js';
import { vectors } from './vectors.js';

describe.each(vectors.keys.map((key) => [key.id, key] as const))('with a key of %s', (_, key) => {
  const privateKey = key.privateKeyPem['pkcs8'] as string;
  let sandbox: DfnsSandbox;
  let account: { authToken: string; credId: string };

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start();
    sandbox.createUser({ username: 'ada' });
    account = sandbox.createServiceAccount({ publicKey: key.publicKeyPem.spki });
  });

  afterAll(() => sandbox.stop());

  it('our signer works inside the official client', async () => {
    const { authToken, credId } = account;
    const client = new DfnsApiClient({
      baseUrl: sandbox.url,
      orgId: sandbox.orgId,
      authToken,
      signer: new KeySigner({ credId, privateKey }),
    });
    const { token } = await client.auth.delegatedLogin({ body: { username: 'ada' } });
    expect(token.split('.')).toHaveLength(3);
  });

  it("the official signer works as our service account's credential", async () => {
    const { authToken, credId } = account;
    const credential: CredentialSigner = new AsymmetricKeySigner({ credId, privateKey });
    const context = await startWith(sandbox, { serviceAccount: { authToken, credential } });
    const { token } = await context.get(DelegatedAuthService, { strict: false }).login({ username: 'ada' });
    expect(token.split('.')).toHaveLength(3);
    await context.close();
  });

  it('both get the same answer from us', async () => {
    const { authToken, credId } = account;
    const context = await startWith(sandbox, { serviceAccount: { authToken, credential: { credId, privateKey } } });
    await expect(context.get(DelegatedAuthService, { strict: false }).getToken('ada')).resolves.toBeDefined();
    await context.close();
  });
});
