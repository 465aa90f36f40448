import { generateKeyPairSync } from 'node:crypto';
import { createKeyCredential, type KeySignerOptions } from 'nestjs-dfns-auth';

/** The keys of a person who wants to register: one key signs, the other one is for recovery. */
export interface Person {
  key: KeySignerOptions;
  recoveryKey: KeySignerOptions;
}

/** Makes a person with new keys. */
export const newPerson = (name: string): Person => ({
  key: newKey(`${name} key`),
  recoveryKey: newKey(`${name} code`),
});

/** Makes an Ed25519 key. Its credId is the encoded `name`. */
export function newKey(name: string): KeySignerOptions {
  const { privateKey } = newKeyPair();
  return { credId: Buffer.from(name).toString('base64url'), privateKey };
}

/** Makes an Ed25519 key pair, both parts as PEM. */
export const newKeyPair = (): { publicKey: string; privateKey: string } =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** Makes the credentials that a person sends for the challenge of a registration or a recovery. */
export function credentialsOf({ key, recoveryKey }: Person, challenge: string) {
  return {
    firstFactorCredential: createKeyCredential(challenge, { credentialKind: 'Key', ...key }),
    recoveryCredential: createKeyCredential(challenge, {
      credentialKind: 'RecoveryKey',
      encryptedPrivateKey: 'opaque to Dfns',
      ...recoveryKey,
    }),
  };
}
