import { Controller, Post } from '@nestjs/common';
import { Anonymous } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { assertOrganisation, organisationMembers } from '../bodies/organisation-members.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { invalidCode } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { MailedCodes } from '../tokens/mailed-codes.js';
import { RecoveryChallenges } from './recovery-challenges.js';

const codeBody = object({ ...organisationMembers, username: text() });
const initBody = object({
  ...organisationMembers,
  username: text(),
  verificationCode: text(),
  credentialId: text(),
});

/** A recovery that the user begins alone, with a code from a mail (dfns-api 11.3). */
@Controller('auth/recover/user')
export class RecoveryCodesController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly codes: MailedCodes,
    private readonly challenges: RecoveryChallenges,
  ) {}

  /** It does not tell whether there is such a user. */
  @Post('code')
  @Anonymous()
  sendCode(@JsonBody(codeBody) body: ValueOf<typeof codeBody>) {
    const user = this.#person(body);
    if (user) this.codes.send('recovery', user);
    return { message: 'success' };
  }

  @Post('init')
  @Anonymous()
  init(@JsonBody(initBody) body: ValueOf<typeof initBody>) {
    const user = this.#person(body);
    this.codes.take('recovery', user, body.verificationCode);
    if (!user) throw invalidCode();
    return this.challenges.open(user, body.credentialId);
  }

  #person(body: { username: string; orgId?: string; tenantId?: string }): User | undefined {
    assertOrganisation(body, this.config.orgId);
    const user = this.users.byUsername(body.username);
    return user?.isActive && !user.isServiceAccount ? user : undefined;
  }
}
