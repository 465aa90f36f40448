import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import {
  type FactorAssertion,
  type SignedChallenge,
  verifyKeyAssertion,
  verifyPasskeyAssertion,
} from '../credentials/assertion.js';
import { type Credential, isUsable } from '../credentials/credential.js';
import { assertionRefused, noUsableCredential } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { check, found } from '../journal/call-record.js';

/** Checks that a user signed a challenge. */
@Injectable()
export class AssertionVerifier {
  constructor(private readonly config: SandboxConfig) {}

  /** Checks the first factor, and the second one if there is one. @throws Refusal 401 as `verify` */
  async verifyAll(user: User, { firstFactor, secondFactor }: SignedChallenge, challenge: string): Promise<void> {
    await this.verify(user, firstFactor, challenge);
    if (secondFactor) await this.verify(user, secondFactor, challenge);
  }

  /** @throws Refusal 401 if the user has no such active credential, or if the signature is wrong */
  async verify(user: User, factor: FactorAssertion, challenge: string): Promise<void> {
    const credential = user.credentials.find(
      ({ credId, kind }) => credId === factor.credentialAssertion.credId && kind === factor.kind,
    );
    this.#report(user, factor, credential);
    if (!credential || !isUsable(credential)) throw noUsableCredential();
    try {
      await this.#check(user, credential, factor, challenge);
    } catch (error) {
      throw assertionRefused(error);
    }
  }

  /** Tells the journal who signed with which credential, and the client data, also if they are wrong. */
  #report(user: User, { kind, credentialAssertion }: FactorAssertion, credential: Credential | undefined): void {
    const { credId, clientData } = credentialAssertion;
    found({
      signer: { username: user.username, credId, kind, name: credential?.name ?? 'unknown credential' },
      clientData: Buffer.from(clientData, 'base64url').toString('utf8'),
    });
    const unknown = `The user has no credential of the kind ${kind} with this credId.`;
    const unusable = 'The credential is not active, or it is a recovery key.';
    const why = credential ? (isUsable(credential) ? undefined : unusable) : unknown;
    check('credential', why === undefined, why);
  }

  async #check(user: User, credential: Credential, factor: FactorAssertion, challenge: string): Promise<void> {
    if (factor.kind !== 'Fido2') {
      verifyKeyAssertion(credential.publicKey, factor.credentialAssertion, challenge);
      return;
    }
    const expected = { credential, challenge, userId: user.userId, relyingParty: this.config.relyingParty };
    credential.counter = await verifyPasskeyAssertion(factor.credentialAssertion, expected);
  }
}
