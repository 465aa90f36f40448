// A unit of its own: the parser of private keys, and the two engines that sign with them.
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeySigner, type UserActionChallenge } from 'nestjs-dfns-auth';
import { readPrivateKey } from '../src/credentials/private-key.js';
import { signingEngine } from '../src/credentials/signing-engine.js';
import { type VectorKey, vectorKey, vectors } from './support/published-vectors.js';

function challengeFor(credId: string, challenge = 'Y2gtdGVzdA'): UserActionChallenge {
  return {
    challenge,
    challengeIdentifier: 'id',
    supportedCredentialKinds: [],
    allowCredentials: { key: [{ type: 'public-key', id: credId }], webauthn: [] },
    userVerification: 'required',
    externalAuthenticationUrl: '',
  };
}

async function verifies(privateKey: string, key: VectorKey, passphrase?: string): Promise<boolean> {
  const signer = new KeySigner({ credId: key.credId, privateKey, passphrase });
  const { credentialAssertion } = await signer.sign(challengeFor(key.credId));
  const digest = key.id === 'ed25519' ? null : 'sha256';
  const clientData = Buffer.from(credentialAssertion.clientData, 'base64url');
  expect(JSON.parse(clientData.toString())).toEqual({ type: 'key.get', challenge: 'Y2gtdGVzdA' });
  const publicKey = createPublicKey(key.publicKeyPem.spki);
  return verify(digest, clientData, publicKey, Buffer.from(credentialAssertion.signature, 'base64url'));
}

const containers = vectors.keys.flatMap((key) => [
  ...Object.entries(key.privateKeyPem).map(([container, pem]) => ({ name: `${key.id} ${container}`, key, pem })),
  { name: `${key.id} encrypted`, key, pem: key.encryptedPkcs8.pem, passphrase: key.encryptedPkcs8.passphrase },
]);

describe('private keys', () => {
  it.each(containers)('reads $name', async ({ key, pem, ...rest }) => {
    const { passphrase } = rest as { passphrase?: string };
    await expect(verifies(pem, key, passphrase)).resolves.toBe(true);
  });

  it.each(vectors.privateKeyVariants)('reads $name', async ({ keyId, pem }) => {
    await expect(verifies(pem, vectorKey(keyId))).resolves.toBe(true);
  });

  it.each(vectors.refusedPrivateKeys)('refuses $name', ({ pem, passphrase }) => {
    const make = () => new KeySigner({ credId: 'cred', privateKey: pem, passphrase: passphrase ?? undefined });
    expect(make).toThrow(expect.objectContaining({ code: 'DFNS_CONFIGURATION' }));
  });

  it.each([
    ['encrypted PKCS#8 and no passphrase', /no passphrase is given/],
    ['encrypted PKCS#8 and a wrong passphrase', /does not open with the passphrase/],
    ['encrypted traditional PKCS#1 and no passphrase', /no passphrase is given/],
    ['public key where a private key is expected', /is a public key/],
    ['X25519 key (agreement only, cannot sign)', /not accepted \(x25519\)/],
    ['truncated body', /damaged or truncated/],
    ['empty string', /is empty/],
    ['not PEM', /is not PEM/],
  ])('names the problem of %s', (name, message) => {
    const { pem, passphrase } = vectors.refusedPrivateKeys.find((vector) => vector.name === name) as never;
    expect(() => new KeySigner({ credId: 'cred', privateKey: pem, passphrase: passphrase ?? undefined })).toThrow(
      message,
    );
  });

  it.each([
    ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }), /rsa 1024 bits/],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }), /rsa-pss/],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }), /secp384r1/],
    ['Ed448', () => generateKeyPairSync('ed448'), /ed448/],
  ])('refuses %s and names it', (_, generate, message) => {
    const pem = generate().privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(() => readPrivateKey(pem)).toThrow(message);
  });

  it.each([
    ['white space', ' \n\t', /is empty/],
    ['a PKCS#1 public key', '-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----', /is a public key/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /is a public key/],
    ['a text that is not a key', '-----BEGIN rsa PUBLIC KEY-----', /is not PEM/],
  ])('names the problem of %s', (_, text, message) => {
    expect(() => readPrivateKey(text)).toThrow(message);
  });

  it('reads line breaks that are written as the four characters \\r\\n', async () => {
    const key = vectorKey('p256');
    const escaped = (key.privateKeyPem['pkcs8'] as string).replaceAll('\n', '\\r\\n');
    await expect(verifies(escaped, key)).resolves.toBe(true);
  });

  it('opens an encrypted traditional key with its passphrase', () => {
    const { pem, correctPassphrase } = vectors.refusedPrivateKeys.find(({ name }) => name.includes('PKCS#1')) as never;
    expect(readPrivateKey(pem, correctPassphrase).asymmetricKeyType).toBe('rsa');
  });

  it('refuses a private key with another public key', () => {
    const [one, other] = [0, 1].map(() => generateKeyPairSync('ed25519').privateKey);
    const jwk = { ...one?.export({ format: 'jwk' }), d: other?.export({ format: 'jwk' }).d };
    const mixed = { ...createPrivateKey({ key: jwk, format: 'jwk' }), asymmetricKeyType: 'ed25519', export: () => jwk };
    expect(() => signingEngine(mixed as never)).toThrow(/inconsistent/);
  });

  it('never repeats the refused text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'binary' }), (secret) => {
        for (const text of [secret, `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`]) {
          try {
            readPrivateKey(text);
          } catch (error) {
            if (inspect(error).includes(secret)) throw new Error('the message repeats the key');
          }
        }
      }),
    );
  });
});

describe('KeySigner', () => {
  it.each(vectors.userActionSigning.filter(({ clientDataLayout }) => clientDataLayout === 'type-challenge'))(
    'signs $name as the vectors do',
    async ({ keyId, challenge, firstFactor, signatureDeterministic }) => {
      const key = vectorKey(keyId);
      const signer = new KeySigner({ credId: key.credId, privateKey: key.privateKeyPem['pkcs8'] as string });
      const assertion = await signer.sign(challengeFor(key.credId, challenge));
      const { signature, ...rest } = assertion.credentialAssertion;
      const { signature: expected, ...expectedRest } = firstFactor.credentialAssertion;
      expect(rest).toEqual(expectedRest);
      if (signatureDeterministic) expect(signature).toBe(expected);
      const clientData = Buffer.from(rest.clientData, 'base64url');
      const digest = keyId === 'ed25519' ? null : 'sha256';
      const publicKey = createPublicKey(key.publicKeyPem.spki);
      expect(verify(digest, clientData, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    },
  );

  it('refuses a challenge that does not list its credential, and names no other credential', async () => {
    const { credId, privateKeyPem } = vectorKey('p256');
    const signer = new KeySigner({ credId, privateKey: privateKeyPem['pkcs8'] as string });
    const refusal = signer.sign(challengeFor('another-credential'));
    await expect(refusal).rejects.toMatchObject({ code: 'DFNS_CREDENTIAL_NOT_ALLOWED' });
    await expect(refusal).rejects.not.toThrow(/another-credential/);
  });

  it.each(['ed25519', 'p256', 'secp256k1'] as const)(
    'signs %s with the portable engine when the native engine fails',
    (id) => {
      const key = vectorKey(id);
      const engine = signingEngine(readPrivateKey(key.privateKeyPem['pkcs8'] as string), () => {
        throw new Error('unsupported');
      });
      const message = Buffer.from('a message');
      const digest = id === 'ed25519' ? null : 'sha256';
      expect(verify(digest, message, createPublicKey(key.publicKeyPem.spki), engine(message))).toBe(true);
    },
  );

  it('does not use a native engine that signs wrongly', () => {
    const key = vectorKey('p256');
    const other = generateKeyPairSync('ed25519');
    const engine = signingEngine(readPrivateKey(key.privateKeyPem['pkcs8'] as string), () => Buffer.alloc(70, 1));
    const message = Buffer.from('a message');
    expect(verify('sha256', message, createPublicKey(key.publicKeyPem.spki), engine(message))).toBe(true);
    expect(verify(null, message, other.publicKey, engine(message))).toBe(false);
  });

  it('shows no key when it is printed', () => {
    const { credId, privateKeyPem } = vectorKey('ed25519');
    const privateKey = privateKeyPem['pkcs8'] as string;
    const signer = new KeySigner({ credId, privateKey });
    const printed = `${inspect(signer, { depth: null, showHidden: true })}${JSON.stringify(signer)}${signer}`;
    expect(printed).not.toContain(privateKey.split('\n')[1]);
  });
});
