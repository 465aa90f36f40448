import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { forbidden, userNotFound } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { assertCanLogIn } from './login-rules.js';

const loginBody = object({ username: text() });

/** `POST /auth/login/delegated` (dfns-api 9.1). */
@Controller('auth/login/delegated')
export class DelegatedLoginController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly tokens: TokenIssuer,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedLogin', userAction: true })
  login(@CurrentCaller() caller: Caller, @JsonBody(loginBody) { username }: ValueOf<typeof loginBody>) {
    const user = this.users.byUsername(username);
    if (!user || user.isArchived) throw userNotFound();
    if (user.kind !== 'EndUser') throw forbidden(caller.user.kind, caller.user.userId, '/auth/login/delegated');
    assertCanLogIn(user);
    return { token: this.tokens.issue('Token', user, this.config.lifetimes.userTokenMs) };
  }
}
