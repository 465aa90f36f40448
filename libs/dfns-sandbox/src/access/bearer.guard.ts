import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { notAuthorized } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
import { check, found } from '../journal/call-record.js';
import { RevokedTokens, type TokenClaims, TokenIssuer, type TokenKind } from '../tokens/token-issuer.js';
import { isAnonymous } from './access-rule.js';
import { actingWith, type Caller, type CallerKind, type CallerRequest } from './caller.js';

const BEARERS: TokenKind[] = ['ServiceAccount', 'Pat', 'Token', 'Temp', 'Recovery'];

/** Finds the caller by the bearer token. @throws Refusal 401 `Not Authorized.` */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenIssuer,
    private readonly users: UserStore,
    private readonly revoked: RevokedTokens,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (isAnonymous(this.reflector, context)) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token = bearer ? this.tokens.read(bearer, BEARERS) : undefined;
    const caller = token ? this.#callerOf(token) : undefined;
    check('token', caller !== undefined, caller ? `of the kind ${kindOf(caller.token)}` : this.#why(bearer));
    if (!caller) throw notAuthorized();
    request.caller = { ...caller, path: request.originalUrl.split('?')[0] ?? '' };
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

  #callerOf(token: TokenClaims): Omit<Caller, 'path'> | undefined {
    const { userId, tokenKind } = token['https://custom/app_metadata'];
    const user = this.users.byId(userId);
    if (!user?.isActive || this.revoked.has(token.jti)) return undefined;
    if (tokenKind === 'Pat') {
      const pat = user.personalAccessTokens.find(({ tokenId }) => tokenId === token.jti);
      return pat?.isActive ? { kind: user.kind, user: actingWith(pat, user), token } : undefined;
    }
    if (user.generation !== token.generation) return undefined;
    return { kind: callerKind(tokenKind, user), user, token };
  }
}

const kindOf = (token: TokenClaims) => token['https://custom/app_metadata'].tokenKind;

function callerKind(tokenKind: TokenKind, user: User): CallerKind {
  if (tokenKind === 'Temp') return 'RegistrationSession';
  if (tokenKind === 'Recovery') return 'RecoverySession';
  return user.isServiceAccount ? 'ServiceAccount' : user.kind;
}
