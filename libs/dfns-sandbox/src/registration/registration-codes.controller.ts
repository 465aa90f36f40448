import { Controller, Post, Put } from '@nestjs/common';
import { Anonymous } from '../access/access-rule.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { assertOrganisation, organisationMembers } from '../bodies/organisation-members.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { registrationCodeExpired, userDeactivated, userExists } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { MailedCodes } from '../tokens/mailed-codes.js';
import { RegistrationChallenges } from './delegated-registration.controller.js';

const codeBody = object({ ...organisationMembers, username: text() });
const initBody = object({ ...organisationMembers, username: text(), registrationCode: text() });

/** The registration of an employee who was invited by mail (dfns-api 10.5). */
@Controller('auth/registration')
export class RegistrationCodesController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly codes: MailedCodes,
    private readonly challenges: RegistrationChallenges,
  ) {}

  /** Sends a new code. It does not tell whether there is such a user. */
  @Put('code')
  @Anonymous()
  sendCode(@JsonBody(codeBody) body: ValueOf<typeof codeBody>) {
    const user = this.#invited(body);
    if (user?.isActive && !user.isRegistered) this.codes.send('registration', user);
    return { message: 'success' };
  }

  @Post('init')
  @Anonymous()
  init(@JsonBody(initBody) body: ValueOf<typeof initBody>) {
    const user = this.#invited(body);
    if (user?.isRegistered) throw userExists();
    const isValid = this.codes.check('registration', user, body.registrationCode);
    if (!isValid || !user) throw registrationCodeExpired();
    if (!user.isActive) throw userDeactivated();
    return this.challenges.open(user);
  }

  #invited(body: { username: string; orgId?: string; tenantId?: string }): User | undefined {
    assertOrganisation(body, this.config.orgId);
    const user = this.users.byUsername(body.username);
    const isPerson = user?.kind === 'CustomerEmployee' && !user.isServiceAccount && !user.isArchived;
    return isPerson ? user : undefined;
  }
}
