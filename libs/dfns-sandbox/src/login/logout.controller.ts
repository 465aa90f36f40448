import { Controller, Put } from '@nestjs/common';
import { Access } from '../access/access.decorator.js';
import { CurrentCaller } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, optional, type ValueOf } from '../bodies/shape.js';
import { RevokedTokens } from '../tokens/revoked-tokens.js';

const logoutBody = object({ allSessions: optional(boolean()) });

/** `PUT /auth/logout` (spec 11.4): the token is dead at once. */
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
