import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKeyCredential, signRecovery } from 'nestjs-dfns-auth';
import { newKey } from './support/person-keys.js';
import { type VectorKey, vectorKey, vectors } from './support/published-vectors.js';
import { useSandboxForEachTest } from './support/use-sandbox.js';

const { keyRegistration, keyRegistrationInvalid, recovery } = vectors;
/** The layout that a client should write (dfns-api 8.5, 8.7). A server should accept the other ones too. */
const ours = keyRegistration.filter(
  ({ clientDataLayout, name }) => clientDataLayout === 'challenge-type' && !name.includes('('),
);

function register(keyId: VectorKey['id'], challenge: string, credId: string) {
  const privateKey = vectorKey(keyId).privateKeyPem['pkcs8'] as string;
  return createKeyCredential(challenge, { credentialKind: 'Key', privateKey, credId, credentialName: `test ${keyId}` });
}

const attestationOf = ({ credentialInfo }: { credentialInfo: { attestationData: string } }) =>
  JSON.parse(Buffer.from(credentialInfo.attestationData, 'base64url').toString());

describe('the registration of a key', () => {
  it.each(ours.filter(({ signatureDeterministic }) => signatureDeterministic))(
    'equals the one of the vectors, byte for byte: $name',
    ({ keyId, challenge, credential }) => {
      expect(register(keyId, challenge, credential.credentialInfo.credId)).toEqual(credential);
    },
  );

  it.each(ours)(
    'contains the same data as the vectors, with a valid signature: $name',
    ({ keyId, challenge, credential, ...vector }) => {
      const made = register(keyId, challenge, credential.credentialInfo.credId);
      const { publicKey, signature } = attestationOf(made);
      expect(made.credentialInfo.clientData).toBe(credential.credentialInfo.clientData);
      expect(publicKey).toBe(vector.publicKeyPem);
      expect(signature).toMatch(/^[0-9a-f]+$/);
      const digest = keyId === 'ed25519' ? null : 'sha256';
      const bytes = Buffer.from(signature, 'hex');
      expect(verify(digest, Buffer.from(vector.fingerprintJson), createPublicKey(publicKey), bytes)).toBe(true);
    },
  );

  it('creates its own credId, and passes on the data that Dfns keeps', () => {
    const { privateKey } = newKey('any');
    const options = { credentialKind: 'RecoveryKey', privateKey, encryptedPrivateKey: 'wrapped' } as const;
    const [one, other] = [createKeyCredential('Y2g', options), createKeyCredential('Y2g', options)];
    expect(one).toMatchObject({ credentialKind: 'RecoveryKey', encryptedPrivateKey: 'wrapped' });
    expect(one).not.toHaveProperty('credentialName');
    expect(Buffer.from(one.credentialInfo.credId, 'base64url')).toHaveLength(32);
    expect(one.credentialInfo.credId).not.toBe(other.credentialInfo.credId);
  });

  it('opens an encrypted key, and does not repeat a wrong passphrase', () => {
    const { pem, passphrase } = vectorKey('p256').encryptedPkcs8;
    const options = { credentialKind: 'Key', privateKey: pem } as const;
    expect(createKeyCredential('Y2g', { ...options, passphrase }).credentialKind).toBe('Key');
    expect(() => createKeyCredential('Y2g', { ...options, passphrase: 'wrong one' })).toThrow(
      expect.objectContaining({ code: 'DFNS_CONFIGURATION', message: expect.not.stringContaining('wrong one') }),
    );
  });
});

describe('the signature of a recovery key', () => {
  it('covers the text of the new credentials', () => {
    const { credId, privateKeyPem, publicKeyPem } = recovery.existingRecoveryKey;
    const newCredentials = JSON.parse(recovery.newCredentialsJson);
    const signed = signRecovery({ credId, privateKey: privateKeyPem }, newCredentials);
    const { clientData, signature } = signed.recovery.credentialAssertion;
    expect(Buffer.from(clientData, 'base64url').toString()).toBe(recovery.clientDataJson);
    expect(signed.newCredentials).toBe(newCredentials);
    expect(signed.recovery).toMatchObject({ kind: 'RecoveryKey', credentialAssertion: { credId } });
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify('sha256', Buffer.from(clientData, 'base64url'), createPublicKey(publicKeyPem), bytes)).toBe(true);
  });
});

describe('a Dfns that checks signatures', () => {
  type Credential = (typeof keyRegistration)[number]['credential'];

  let challenge: string;
  // Each test has a new sandbox: a sandbox accepts each of these keys once.
  const world = useSandboxForEachTest({ challenges: () => challenge });

  /** Registers a user with a credential that signed the challenge `signed`. The sandbox issues this challenge. */
  async function registered(signed: string, firstFactorCredential: Credential) {
    challenge = signed;
    const service = await world.startService();
    const opened = await service.createRegistrationChallenge({ email: 'ada', kind: 'EndUser' });
    return service.completeRegistration(opened.temporaryAuthenticationToken, { firstFactorCredential });
  }

  it.each(keyRegistration)('accepts the vectors: $name', async (vector) => {
    await expect(registered(vector.challenge, vector.credential)).resolves.toMatchObject({
      credential: { kind: 'Key', name: vector.credential.credentialName },
    });
  });

  it.each(keyRegistrationInvalid)('refuses the vectors: $name', async (vector) => {
    await expect(registered(vector.challenge, vector.credential)).rejects.toMatchObject({
      code: 'DFNS_USER_UNAUTHORIZED',
    });
  });

  it.each(ours)('accepts the signature of the library: $name', async ({ keyId, challenge }) => {
    const credential = register(keyId, challenge, 'bWFkZSBoZXJl');
    await expect(registered(challenge, credential)).resolves.toMatchObject({ credential: { kind: 'Key' } });
  });
});
