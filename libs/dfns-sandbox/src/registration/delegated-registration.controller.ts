import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access.decorator.js';
import { END_USER_PERMISSIONS } from '../access/permissions.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { UserDirectory } from '../identities/user-directory.js';
import { RegistrationChallenges } from './registration-challenges.js';

const registrationBody = object({ email: text(), kind: oneOf('EndUser'), externalId: optional(text()) });

/** `POST /auth/registration/delegated` (spec 11.1): `email` is the username, and any text will do. */
@Controller('auth/registration/delegated')
export class DelegatedRegistrationController {
  constructor(
    private readonly users: UserDirectory,
    private readonly challenges: RegistrationChallenges,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedRegistration', userAction: true })
  register(@JsonBody(registrationBody) { email, kind, externalId }: ValueOf<typeof registrationBody>) {
    const user = this.users.add({ username: email, kind, externalId, permissions: END_USER_PERMISSIONS });
    return this.challenges.open(user);
  }
}
