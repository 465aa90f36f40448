import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { BodyText, JsonBody } from '../bodies/json-body.decorator.js';
import { memberText } from '../bodies/json-text.js';
import { object, oneOf, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { keyCredentialAssertion } from '../credentials/assertion.js';
import { Enrolment, registrationResult } from '../enrolment/enrolment.js';
import { newCredentialsMembers } from '../enrolment/new-credential.js';
import { TemporarySessions } from '../enrolment/temporary-sessions.js';
import { notRecoveryFactor } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { activeRecoveryKey, verifyRecovery } from './recovery-key.js';

const recoveryBody = object({
  recovery: object({ kind: oneOf('RecoveryKey'), credentialAssertion: keyCredentialAssertion }),
  newCredentials: object(newCredentialsMembers),
});

/** `POST /auth/recover/user` (dfns-api 8.11, 11.2). It replaces all credentials of the user. */
@Controller('auth/recover/user')
export class RecoveryController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
    private readonly enrolment: Enrolment,
    private readonly users: UserStore,
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
    this.users.endTokens(user);
    return registrationResult(user, verified[0], this.config.orgId);
  }
}
