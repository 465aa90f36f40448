import { beforeEach, describe, expect, it } from '@jest/globals';
import { DelegatedCeremonies, type RegisteredUser, type Wallet } from 'nestjs-dfns-auth';
import { vectors } from './support/published-vectors.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';

const { fido2 } = vectors;

describe.each(fido2.registration.variants)('a passkey of the vectors: $challengeLayout', ({ credential }) => {
  let challenge: string;
  // Each test has a new sandbox: the signature counter of the passkey must not go back.
  const world = useSandboxForEachTest({ restart: true, challenges: () => challenge });
  let ceremonies: DelegatedCeremonies;
  let registered: RegisteredUser;

  beforeEach(async () => {
    challenge = fido2.registration.challenge;
    // The vectors contain the id of the user. So the user exists before the ceremony, and has not finished a registration.
    const userId = Buffer.from(fido2.userHandle, 'base64url').toString();
    world.sandbox.createUser({ username: 'ada', userId, registered: false });
    ceremonies = (await world.startInstance()).get(DelegatedCeremonies);
    const { ceremonyId } = await ceremonies.beginRegistration('ada');
    registered = await ceremonies.finishRegistration('ada', ceremonyId, { firstFactorCredential: credential });
  });

  it('is registered', () => {
    expect(registered).toMatchObject({
      credential: { kind: 'Fido2', name: 'test passkey' },
      user: { username: 'ada' },
    });
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
