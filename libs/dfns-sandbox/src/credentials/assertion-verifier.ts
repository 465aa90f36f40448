import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { assertionRefused, noUsableCredential } from '../errors/refusals.js';
import type { User } from '../identities/user.js';
import { isUsable } from './credential.js';
import type { FactorAssertion } from './factor-assertion.js';
import { keyAssertionProblem } from './key-assertion.js';
import { verifyPasskeyAssertion } from './passkey-assertion.js';

/** Decides whether a user really signed a challenge. */
@Injectable()
export class AssertionVerifier {
  constructor(private readonly config: SandboxConfig) {}

  /** @throws Refusal 401, for a credential that is not an active one of the user, or a signature that does not hold */
  async verify(user: User, factor: FactorAssertion, challenge: string): Promise<void> {
    const credential = user.credentials.find(
      ({ credId, kind }) => credId === factor.credentialAssertion.credId && kind === factor.kind,
    );
    if (!credential || !isUsable(credential)) throw noUsableCredential();
    if (factor.kind === 'Fido2') {
      const { relyingParty } = this.config;
      const check = verifyPasskeyAssertion(
        credential,
        factor.credentialAssertion,
        challenge,
        user.userId,
        relyingParty,
      );
      credential.counter = await check.catch((error: Error) => {
        throw assertionRefused(error.message);
      });
      return;
    }
    const problem = keyAssertionProblem(credential.publicKey, factor.credentialAssertion, challenge);
    if (problem) throw assertionRefused(problem);
  }
}
