import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fido2Assertion, RecoverUserDto, RegistrationCredentialsDto } from 'nestjs-dfns-auth';

/** A test key of the vectors, in each of its containers. */
export interface VectorKey {
  id: 'ed25519' | 'p256' | 'secp256k1' | 'rsa2048';
  credId: string;
  privateKeyPem: Record<string, string>;
  encryptedPkcs8: { pem: string; passphrase: string };
  publicKeyPem: { spki: string };
}

type FirstFactor = RegistrationCredentialsDto['firstFactorCredential'];

interface Vectors {
  keys: VectorKey[];
  privateKeyVariants: { name: string; keyId: VectorKey['id']; pem: string }[];
  refusedPrivateKeys: { name: string; pem: string; passphrase: string | null; reason: string }[];
  userActionSigning: {
    name: string;
    keyId: VectorKey['id'];
    clientDataLayout: string;
    challenge: string;
    signatureDeterministic: boolean;
    firstFactor: { kind: 'Key'; credentialAssertion: { credId: string; clientData: string; signature: string } };
  }[];
  payloadStrings: { name: string; bodyObject?: object; userActionPayload: string; sentBody: string | null }[];
  authTokens: { orgId: string; cases: { name: string; token: string; orgId: string; expect: 'ok' | 'error' }[] };
  keyRegistration: {
    name: string;
    keyId: VectorKey['id'];
    clientDataLayout: string;
    challenge: string;
    publicKeyPem: string;
    fingerprintJson: string;
    signatureDeterministic: boolean;
    credential: FirstFactor;
  }[];
  keyRegistrationInvalid: { name: string; challenge: string; credential: FirstFactor }[];
  recovery: {
    existingRecoveryKey: { credId: string; privateKeyPem: string; publicKeyPem: string };
    serverChallenge: string;
    newCredentialsJson: string;
    clientDataJson: string;
    body: RecoverUserDto;
  };
  recoveryInvalid: { name: string; body: RecoverUserDto }[];
  fido2: {
    userHandle: string;
    credId: string;
    registration: { challenge: string; variants: { challengeLayout: string; credential: FirstFactor }[] };
    assertion: { challenge: string; variants: { challengeLayout: string; firstFactor: Fido2Assertion }[] };
  };
}

/** The published vectors: keys, signatures, registrations, recoveries and passkeys. Another implementation made them. */
export const vectors: Vectors = JSON.parse(readFileSync(join('test', 'fixtures', 'vectors.json'), 'utf8'));

/** Returns the test key with this id. */
export function vectorKey(id: VectorKey['id']): VectorKey {
  return vectors.keys.find((key) => key.id === id) as VectorKey;
}
