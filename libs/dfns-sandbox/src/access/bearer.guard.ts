import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { notAuthorized } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { check, found } from '../journal/call-record.js';
import { RevokedTokens, type TokenClaims, TokenIssuer, type TokenKind } from '../tokens/token-issuer.js';
import type { Caller, CallerKind, CallerRequest } from './caller.js';

const BEARERS: TokenKind[] = ['ServiceAccount', 'Token', 'Temp', 'Recovery'];

/** Finds the caller by the bearer token. @throws Refusal 401 `Not Authorized.` */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenIssuer,
    private readonly users: UserStore,
    private readonly revoked: RevokedTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token = bearer ? this.tokens.read(bearer, BEARERS) : undefined;
    const caller = token ? this.#callerOf(token) : undefined;
    check('token', caller !== undefined, caller ? `of the kind ${kindOf(caller.token)}` : this.#why(bearer));
    if (!caller) throw notAuthorized();
    request.caller = caller;
    const { username, name, userId } = caller.user;
    found({ caller: { kind: caller.kind, username, name, userId } });
    return true;
  }

  /** Says in words why there is no caller. */
  #why(bearer: string | undefined): string {
    if (!bearer) return 'The request has no header "Authorization: Bearer …".';
    const refused = this.tokens.whyRefused(bearer, BEARERS);
    return refused ?? 'Its user does not exist or is deactivated, or the token ended with a logout or a recovery.';
  }

  #callerOf(token: TokenClaims): Caller | undefined {
    const { userId, tokenKind } = token['https://custom/app_metadata'];
    const user = this.users.byId(userId);
    if (!user?.isActive || user.generation !== token.generation || this.revoked.has(token.jti)) return undefined;
    return { kind: callerKind(tokenKind, user), user, token };
  }
}

const kindOf = (token: TokenClaims) => token['https://custom/app_metadata'].tokenKind;

function callerKind(tokenKind: TokenKind, user: User): CallerKind {
  if (tokenKind === 'Temp') return 'RegistrationSession';
  if (tokenKind === 'Recovery') return 'RecoverySession';
  return user.isServiceAccount ? 'ServiceAccount' : user.kind;
}
