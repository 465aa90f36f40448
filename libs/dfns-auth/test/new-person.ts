import { generateKeyPairSync } from 'node:crypto';
import { createKeyCredential, type KeySignerOptions } from 'nestjs-dfns-auth';

/** Keys of a person who is about to register: one to sign with, one for recovery. */
export interface Person {
  key: KeySignerOptions;
  recoveryKey: KeySignerOptions;
}

/** A person with fresh keys. */
export const newPerson = (name: string): Person => ({
  key: newKey(`${name} key`),
  recoveryKey: newKey(`${name} code`),
});

/** An Ed25519 key with a credId made of `name`. */
export function newKey(name: string): KeySignerOptions {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { credId: Buffer.from(name).toString('base64url'), privateKey };
}

/** The credentials with which a person answers a registration or recovery challenge. */
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
