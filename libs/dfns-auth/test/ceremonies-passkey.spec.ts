import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DfnsSandbox } from 'dfns-sandbox';
import { DelegatedCeremonies, type Wallet } from 'nestjs-dfns-auth';
import { ceremonyVectors } from './ceremony-vectors.js';
import { startWith } from './registered.js';

const { fido2 } = ceremonyVectors;

describe.each(fido2.registration.variants)('a passkey of the vectors: $challengeLayout', ({ credential }) => {
  let sandbox: DfnsSandbox;
  let context: TestingModule;
  let ceremonies: DelegatedCeremonies;
  let challenge = fido2.registration.challenge;

  beforeAll(async () => {
    sandbox = await DfnsSandbox.start({ restart: true, challenges: () => challenge });
    // The vectors name the user, so the user is there, half registered, before the ceremony.
    const userId = Buffer.from(fido2.userHandle, 'base64url').toString();
    sandbox.createUser({ username: 'ada', userId, registered: false });
    context = await startWith(sandbox);
    ceremonies = context.get(DelegatedCeremonies);
  });

  afterAll(async () => {
    await context.close();
    await sandbox.stop();
  });

  it('is registered', async () => {
    const { ceremonyId } = await ceremonies.beginRegistration('ada');
    await expect(
      ceremonies.finishRegistration('ada', ceremonyId, { firstFactorCredential: credential }),
    ).resolves.toMatchObject({ credential: { kind: 'Fido2', name: 'test passkey' }, user: { username: 'ada' } });
  });

  it.each(fido2.assertion.variants)('signs a user action: $challengeLayout', async ({ firstFactor }) => {
    challenge = fido2.assertion.challenge;
    const body = { network: 'EthereumSepolia' };
    const ceremony = await ceremonies.beginAction('ada', { method: 'POST', path: '/wallets', body });
    expect(ceremony.challenge).toMatchObject({
      challenge,
      userVerification: 'required',
      allowCredentials: { webauthn: [{ type: 'public-key', id: fido2.credId }], key: [] },
    });
    await expect(ceremonies.finishAction<Wallet>('ada', ceremony.ceremonyId, { firstFactor })).resolves.toMatchObject({
      network: 'EthereumSepolia',
      custodial: false,
    });
  });
});
