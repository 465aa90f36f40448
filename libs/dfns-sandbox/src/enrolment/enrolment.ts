import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { verifyKeyAttestation, verifyPasskeyAttestation } from '../credentials/attestation.js';
import { type Credential, newCredential } from '../credentials/credential.js';
import { attestationRefused } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import type { NewCredential, NewCredentials } from './new-credential.js';

/** Checks that new credentials signed the challenge. */
@Injectable()
export class Enrolment {
  constructor(private readonly config: SandboxConfig) {}

  /**
   * Checks all credentials of a registration or recovery. The first factor comes first in the result.
   * @throws Refusal 401
   */
  async verifyAll(credentials: NewCredentials, challenge: string): Promise<[Credential, ...Credential[]]> {
    const { firstFactorCredential, secondFactorCredential, recoveryCredential } = credentials;
    const verified: [Credential, ...Credential[]] = [await this.verify(firstFactorCredential, challenge)];
    for (const other of [secondFactorCredential, recoveryCredential]) {
      if (other) verified.push(await this.verify(other, challenge));
    }
    return verified;
  }

  /** @throws Refusal 401 if the attestation is wrong */
  async verify(credential: NewCredential, challenge: string): Promise<Credential> {
    const attested = await this.#attest(credential, challenge).catch((error: unknown) => {
      throw attestationRefused(error);
    });
    const { credentialKind, credentialInfo, credentialName } = credential;
    return newCredential({
      credId: credentialInfo.credId,
      kind: credentialKind,
      dateCreated: this.config.date(),
      ...attested,
      ...(credentialName && { name: credentialName }),
      ...('encryptedPrivateKey' in credential && { encryptedPrivateKey: credential.encryptedPrivateKey }),
    });
  }

  async #attest({ credentialKind, credentialInfo }: NewCredential, challenge: string) {
    if (credentialKind === 'Fido2') {
      return verifyPasskeyAttestation(credentialInfo, challenge, this.config.relyingParty);
    }
    return { publicKey: verifyKeyAttestation(credentialInfo, challenge), counter: 0, origin: '' };
  }
}

/**
 * The answer to a complete registration or recovery. `credential` is the first factor (dfns-api 19.7).
 */
export const registrationResult = (user: User, { credentialUuid, kind, name }: Credential, orgId: string) => ({
  credential: { uuid: credentialUuid, kind, name },
  user: { id: user.userId, username: user.username, orgId },
});
