import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { attestationRefused, credentialExists } from '../errors/refusals.js';
import { identifier } from '../identities/identifiers.js';
import type { User } from '../identities/user.js';
import { UserDirectory } from '../identities/user-directory.js';
import type { Credential } from './credential.js';
import { verifyKeyAttestation } from './key-attestation.js';
import type { NewCredential, NewCredentials } from './new-credential.js';
import { verifyPasskeyAttestation } from './passkey-attestation.js';

/** Turns new credentials that sign a challenge into credentials of a user; keeping them is up to the caller. */
@Injectable()
export class Enrolment {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserDirectory,
  ) {}

  /** All credentials of a registration or recovery, the first factor first. @throws Refusal 401 or 409 */
  async verifyAll(user: User, credentials: NewCredentials, challenge: string): Promise<[Credential, ...Credential[]]> {
    const { firstFactorCredential, secondFactorCredential, recoveryCredential } = credentials;
    const verified: [Credential, ...Credential[]] = [await this.verify(user, firstFactorCredential, challenge)];
    for (const other of [secondFactorCredential, recoveryCredential]) {
      if (other) verified.push(await this.verify(user, other, challenge));
    }
    const ids = verified.map(({ credId }) => credId);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice) throw credentialExists(twice);
    return verified;
  }

  /** @throws Refusal 401 for a signature that does not hold, 409 for an id that another user has */
  async verify(user: User, credential: NewCredential, challenge: string): Promise<Credential> {
    const { credentialKind: kind, credentialInfo, credentialName: name = 'Default Credential' } = credential;
    const { credId } = credentialInfo;
    const holder = this.users.holderOf(credId);
    if (holder && holder !== user) throw credentialExists(credId);
    const attested = await this.#attest(credential, challenge).catch((error: unknown) => {
      throw attestationRefused(error);
    });
    const dateCreated = this.config.date();
    const encryptedPrivateKey = 'encryptedPrivateKey' in credential ? credential.encryptedPrivateKey : undefined;
    return {
      credentialUuid: identifier('cr'),
      credId,
      kind,
      name,
      dateCreated,
      isActive: true,
      encryptedPrivateKey,
      ...attested,
    };
  }

  async #attest({ credentialKind, credentialInfo }: NewCredential, challenge: string) {
    if (credentialKind === 'Fido2') {
      return verifyPasskeyAttestation(credentialInfo, challenge, this.config.relyingParty);
    }
    return { publicKey: verifyKeyAttestation(credentialInfo, challenge), counter: 0, origin: '' };
  }
}
