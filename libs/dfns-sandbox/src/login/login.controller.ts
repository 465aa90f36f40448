import { Controller, Post, Put } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, optional, text, type ValueOf } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { isUsable } from '../credentials/credential.js';
import { forbidden, noUsableCredential, userDeactivated, userNotFound } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { RevokedTokens, TokenIssuer } from '../tokens/token-issuer.js';

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
    if (!user.isActive) throw userDeactivated();
    if (!user.credentials.some(isUsable)) throw noUsableCredential();
    return { token: this.tokens.issue('Token', user, this.config.lifetimes.userTokenMs) };
  }
}

const logoutBody = object({ allSessions: optional(boolean()) });

/** `PUT /auth/logout` (dfns-api 9.2). The token ends immediately. */
@Controller('auth/logout')
export class LogoutController {
  constructor(private readonly revoked: RevokedTokens) {}

  @Put()
  @Access({ callers: ['CustomerEmployee', 'EndUser'] })
  logout(@CurrentCaller() { user, token }: Caller, @JsonBody(logoutBody) body: ValueOf<typeof logoutBody>) {
    this.revoked.add(token.jti);
    if (body.allSessions) user.generation += 1;
    return { message: 'success' };
  }
}
