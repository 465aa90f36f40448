import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access.decorator.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, text, type ValueOf } from '../bodies/shape.js';
import { userDeactivated, userExists, userNotFound } from '../errors/refusals.js';
import { UserDirectory } from '../identities/user-directory.js';
import { RegistrationChallenges } from './registration-challenges.js';

// The older documents do not say that unknown members are refused here.
const restartBody = object({ email: text(), kind: oneOf('CustomerEmployee', 'EndUser') }, { open: true });

/** A new challenge for a registration that was never finished; only the older documents know it (spec 11.1). */
@Controller('auth/registration/delegated/restart')
export class RestartController {
  constructor(
    private readonly users: UserDirectory,
    private readonly challenges: RegistrationChallenges,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRegistration', userAction: true })
  restart(@JsonBody(restartBody) { email, kind }: ValueOf<typeof restartBody>) {
    const user = this.users.byUsername(email);
    if (user?.kind !== kind || user.isArchived) throw userNotFound();
    if (!user.isActive) throw userDeactivated();
    if (user.isRegistered) throw userExists();
    return this.challenges.open(user);
  }
}
