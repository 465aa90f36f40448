import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access.decorator.js';
import { CurrentCaller } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { BodyText, JsonBody } from '../bodies/json-body.decorator.js';
import { memberText } from '../bodies/member-text.js';
import { object, oneOf, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Enrolment } from '../credentials/enrolment.js';
import { keyCredentialAssertion } from '../credentials/factor-assertion.js';
import { newCredentialsMembers } from '../credentials/new-credential.js';
import { notRecoveryFactor } from '../errors/refusals.js';
import { UserDirectory } from '../identities/user-directory.js';
import { registrationResult } from '../registration/registration-result.js';
import { TemporarySessions } from '../tokens/temporary-sessions.js';
import { activeRecoveryKey } from './recovery-key.js';
import { verifyRecovery } from './verify-recovery.js';

const recoveryBody = object({
  recovery: object({ kind: oneOf('RecoveryKey'), credentialAssertion: keyCredentialAssertion }),
  newCredentials: object(newCredentialsMembers),
});

/** `POST /auth/recover/user` (spec 9.8, 11.5): new credentials for old. */
@Controller('auth/recover/user')
export class RecoveryController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
    private readonly enrolment: Enrolment,
    private readonly users: UserDirectory,
  ) {}

  @Post()
  @Access({ callers: ['RecoverySession'] })
  async recover(
    @CurrentCaller() caller: Caller,
    @JsonBody(recoveryBody) { recovery, newCredentials }: ValueOf<typeof recoveryBody>,
    @BodyText() bodyText: string,
  ) {
    const { user } = caller;
    const { challenge, recoveryCredId } = this.sessions.find(caller);
    const key = activeRecoveryKey(user, recoveryCredId);
    if (!key || key.credId !== recovery.credentialAssertion.credId) throw notRecoveryFactor();
    const asSent = memberText(bodyText, 'newCredentials') ?? '';
    verifyRecovery(key.publicKey, recovery.credentialAssertion, [asSent, JSON.stringify(newCredentials)]);
    const verified = await this.enrolment.verifyAll(newCredentials, challenge);
    this.sessions.complete(caller, () => this.users.setCredentials(user, verified));
    user.generation += 1;
    return registrationResult(user, verified[0], this.config.orgId);
  }
}
