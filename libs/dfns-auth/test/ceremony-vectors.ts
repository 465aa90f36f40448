import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fido2Assertion, RecoverUserDto, RegistrationCredentialsDto } from 'nestjs-dfns-auth';
import type { VectorKey } from './vectors.js';

type FirstFactor = RegistrationCredentialsDto['firstFactorCredential'];

interface CeremonyVectors {
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

/** Vectors of registration, recovery and passkeys, made by another implementation than ours. */
export const ceremonyVectors: CeremonyVectors = JSON.parse(
  readFileSync(join('test', 'fixtures', 'vectors.json'), 'utf8'),
);
