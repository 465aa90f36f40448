import { Controller, Injectable, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { RoleStore } from '../access/role-store.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { registrationOptions } from '../enrolment/creation-options.js';
import { TemporarySessions } from '../enrolment/temporary-sessions.js';
import { notFound, userDeactivated, userExists, userNotFound } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';

/**
 * Opens the session of a registration, and makes the answer of both endpoints below (dfns-api 19.2).
 */
@Injectable()
export class RegistrationChallenges {
  constructor(
    private readonly config: SandboxConfig,
    private readonly sessions: TemporarySessions,
  ) {}

  open(user: User) {
    return { ...registrationOptions(user, this.config.relyingParty), ...this.sessions.open('Temp', user) };
  }
}

const registrationBody = object({ email: text(), kind: oneOf('EndUser'), externalId: optional(text()) });

/** `POST /auth/registration/delegated` (dfns-api 10.1). `email` is the username, and may be any text. */
@Controller('auth/registration/delegated')
export class DelegatedRegistrationController {
  constructor(
    private readonly users: UserStore,
    private readonly roles: RoleStore,
    private readonly challenges: RegistrationChallenges,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRegistration', userAction: true })
  register(@JsonBody(registrationBody) { email, kind, externalId }: ValueOf<typeof registrationBody>) {
    const user = this.users.add({ username: email, kind, externalId });
    this.roles.giveFirst(user);
    return this.challenges.open(user);
  }
}

// `open`, because the older documents do not say that this endpoint refuses unknown members.
const restartBody = object({ email: text(), kind: oneOf('CustomerEmployee', 'EndUser') }, { open: true });

/**
 * Gives a new challenge for a registration that is not complete. Only the older documents have this endpoint, and
 * whether Dfns still has it is unknown (dfns-api 10.2). Without the option `restart` it answers 404.
 */
@Controller('auth/registration/delegated/restart')
export class RestartController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly challenges: RegistrationChallenges,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRegistration', userAction: true })
  restart(@JsonBody(restartBody) { email, kind }: ValueOf<typeof restartBody>) {
    if (!this.config.restart) throw notFound('endpoint', { orgId: this.config.orgId });
    const user = this.users.byUsername(email);
    if (user?.kind !== kind || user.isArchived) throw userNotFound();
    if (!user.isActive) throw userDeactivated();
    if (user.isRegistered) throw userExists();
    return this.challenges.open(user);
  }
}
