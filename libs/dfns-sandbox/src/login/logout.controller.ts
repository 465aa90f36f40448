import { Controller, Put } from '@nestjs/common';
import { Access } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, optional, type ValueOf } from '../bodies/shape.js';
import { RevokedTokens } from '../tokens/token-issuer.js';

const logoutBody = object({ allSessions: optional(boolean()) });

/** `PUT /auth/logout` (dfns-api 9.2). The token ends immediately. */
@Controller('auth/logout')
export class LogoutController {
  constructor(private readonly revoked: RevokedTokens) {}

  @Put()
  @Access({ callers: ['CustomerEmployee', 'EndUser'], personalAccessTokens: false })
  logout(@CurrentCaller() { user, token }: Caller, @JsonBody(logoutBody) body: ValueOf<typeof logoutBody>) {
    this.revoked.add(token.jti);
    if (body.allSessions) user.generation += 1;
    return { message: 'success' };
  }
}
