import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { userDeactivated, userNotFound } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { RecoveryChallenges } from './recovery-challenges.js';

const recoveryBody = object({ username: text(), credentialId: text() });

/** `POST /auth/recover/user/delegated` (dfns-api 11.1). `credentialId` names the recovery key that the user has. */
@Controller('auth/recover/user/delegated')
export class DelegatedRecoveryController {
  constructor(
    private readonly users: UserStore,
    private readonly challenges: RecoveryChallenges,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRecovery', userAction: true })
  open(@JsonBody(recoveryBody) { username, credentialId }: ValueOf<typeof recoveryBody>) {
    const user = this.users.byUsername(username);
    if (user?.kind !== 'EndUser' || user.isArchived) throw userNotFound();
    if (!user.isActive) throw userDeactivated();
    return this.challenges.open(user, credentialId);
  }
}
