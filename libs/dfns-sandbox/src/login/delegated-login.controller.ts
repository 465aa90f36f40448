import { Controller, Post } from '@nestjs/common';
import { Access } from '../access/access.decorator.js';
import { CurrentCaller } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { isUsable } from '../credentials/credential.js';
import { forbidden, noUsableCredential, userDeactivated, userNotFound } from '../errors/refusals.js';
import { UserDirectory } from '../identities/user-directory.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

const loginBody = object({ username: text() });

/** `POST /auth/login/delegated` (spec 11.1). */
@Controller('auth/login/delegated')
export class DelegatedLoginController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserDirectory,
    private readonly tokens: TokenIssuer,
  ) {}

  @Post()
  @Access({ callers: ['ServiceAccount'], operation: 'delegatedLogin', userAction: true })
  login(@CurrentCaller() caller: Caller, @JsonBody(loginBody) { username }: ValueOf<typeof loginBody>) {
    const user = this.users.byUsername(username);
    if (!user || user.isArchived) throw userNotFound();
    if (user.kind !== 'EndUser') throw forbidden(caller.user.kind, caller.user.userId, '/auth/login/delegated');
    if (!user.isActive) throw userDeactivated();
    if (!user.credentials.some(isUsable)) throw noUsableCredential();
    return { token: this.tokens.issue('Token', user, this.config.lifetimes.userTokenMs) };
  }
}
