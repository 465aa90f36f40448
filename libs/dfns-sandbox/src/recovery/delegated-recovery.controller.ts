import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { registrationOptions } from '../enrolment/creation-options.js';
import { TemporarySessions } from '../enrolment/temporary-sessions.js';
import { notRecoveryFactor, userDeactivated, userNotFound } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { activeRecoveryKey } from './recovery-key.js';

const recoveryBody = object({ username: text(), credentialId: text() });

/** `POST /auth/recover/user/delegated` (dfns-api 11.1). `credentialId` names the recovery key that the user has. */
@Controller('auth/recover/user/delegated')
export class DelegatedRecoveryController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly sessions: TemporarySessions,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRecovery', userAction: true })
  open(@JsonBody(recoveryBody) { username, credentialId }: ValueOf<typeof recoveryBody>) {
    const user = this.users.byUsername(username);
    if (user?.kind !== 'EndUser' || user.isArchived) throw userNotFound();
    if (!user.isActive) throw userDeactivated();
    const key = activeRecoveryKey(user, credentialId);
    if (!key) throw notRecoveryFactor();
    return {
      ...registrationOptions(user, this.config.relyingParty),
      ...this.sessions.open('Recovery', user, key.credId),
      allowedRecoveryCredentials: [{ id: key.credId, encryptedRecoveryKey: key.encryptedPrivateKey ?? '' }],
    };
  }
}
