import { Controller, Post } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { signedChallengeMembers } from '../credentials/assertion.js';
import { isUsable } from '../credentials/credential.js';
import { AssertionVerifier } from './assertion-verifier.js';
import { signingChallenge } from './signing-challenge.js';
import { UserActionStore } from './user-action-store.js';

const initBody = object({
  userActionServerKind: optional(oneOf('Api', 'Staff')),
  userActionHttpMethod: oneOf('POST', 'PUT', 'DELETE', 'GET'),
  userActionHttpPath: text(),
  userActionPayload: text({ min: 0 }),
});
const signBody = object(signedChallengeMembers);
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** User action signing: get a challenge, then exchange its signature for a `userAction` (dfns-api 7.1). */
@Controller('auth/action')
export class ActionSigningController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly userActions: UserActionStore,
    private readonly assertions: AssertionVerifier,
  ) {}

  @Post('init')
  @Access({ callers })
  init(@CurrentCaller() { user }: Caller, @JsonBody(initBody) body: ValueOf<typeof initBody>) {
    const opened = this.userActions.open(user, {
      method: body.userActionHttpMethod,
      path: body.userActionHttpPath,
      payload: body.userActionPayload,
    });
    return signingChallenge(opened, this.config.relyingParty, user.credentials.filter(isUsable));
  }

  @Post()
  @Access({ callers })
  async sign(@CurrentCaller() { user }: Caller, @JsonBody(signBody) body: ValueOf<typeof signBody>) {
    const { challenge, action, group } = this.userActions.take(user, body.challengeIdentifier);
    await this.assertions.verifyAll(user, body, challenge);
    return { userAction: this.userActions.grant(user, action, group) };
  }
}
