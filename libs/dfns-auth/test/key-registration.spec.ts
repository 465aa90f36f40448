import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DfnsSandbox } from 'dfns-sandbox';
import { createKeyCredential, DelegatedAuthService, signRecovery } from 'nestjs-dfns-auth';
import { ceremonyVectors } from './ceremony-vectors.js';
import { newKey } from './new-person.js';
import { startWith } from './registered.js';
import { type VectorKey, vectorKey } from './vectors.js';

const { keyRegistration, keyRegistrationInvalid, recovery } = ceremonyVectors;
/** What a client should write (dfns-api 8.5, 8.7); the others are what a server should accept. */
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
    'is byte for byte that of the vectors: $name',
    ({ keyId, challenge, credential }) => {
      expect(register(keyId, challenge, credential.credentialInfo.credId)).toEqual(credential);
    },
  );

  it.each(ours)('says what the vectors say, signed: $name', ({ keyId, challenge, credential, ...vector }) => {
    const made = register(keyId, challenge, credential.credentialInfo.credId);
    const { publicKey, signature } = attestationOf(made);
    expect(made.credentialInfo.clientData).toBe(credential.credentialInfo.clientData);
    expect(publicKey).toBe(vector.publicKeyPem);
    expect(signature).toMatch(/^[0-9a-f]+$/);
    const digest = keyId === 'ed25519' ? null : 'sha256';
    const bytes = Buffer.from(signature, 'hex');
    expect(verify(digest, Buffer.from(vector.fingerprintJson), createPublicKey(publicKey), bytes)).toBe(true);
  });

  it('makes up a credId of its own, and hands on what Dfns is to keep', () => {
    const { privateKey } = newKey('any');
    const options = { credentialKind: 'RecoveryKey', privateKey, encryptedPrivateKey: 'wrapped' } as const;
    const [one, other] = [createKeyCredential('Y2g', options), createKeyCredential('Y2g', options)];
    expect(one).toMatchObject({ credentialKind: 'RecoveryKey', encryptedPrivateKey: 'wrapped' });
    expect(one).not.toHaveProperty('credentialName');
    expect(Buffer.from(one.credentialInfo.credId, 'base64url')).toHaveLength(32);
    expect(one.credentialInfo.credId).not.toBe(other.credentialInfo.credId);
  });

  it('opens an encrypted key, and refuses one it cannot open without a word of it', () => {
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

describe('a Dfns that checks', () => {
  type Credential = (typeof keyRegistration)[number]['credential'];

  /** Registers a user of a fresh Dfns, which knows none of the keys, with a credential that signed `issued`. */
  async function registered(issued: string, firstFactorCredential: Credential) {
    const sandbox = await DfnsSandbox.start({ challenges: () => issued });
    const context = await startWith(sandbox);
    try {
      const service = context.get(DelegatedAuthService);
      const opened = await service.createRegistrationChallenge({ email: 'ada', kind: 'EndUser' });
      return await service.completeRegistration(opened.temporaryAuthenticationToken, { firstFactorCredential });
    } finally {
      await context.close();
      await sandbox.stop();
    }
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

  it.each(ours)('accepts what we sign: $name', async ({ keyId, challenge }) => {
    const credential = register(keyId, challenge, 'bWFkZSBoZXJl');
    await expect(registered(challenge, credential)).resolves.toMatchObject({ credential: { kind: 'Key' } });
  });
});
