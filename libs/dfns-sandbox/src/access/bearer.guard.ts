import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { notAuthorized } from '../errors/refusals.js';
import { type User, UserStore } from '../identities/user-store.js';
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
    if (!caller) throw notAuthorized();
    request.caller = { ...caller, path: request.originalUrl.split('?')[0] ?? '' };
    return true;
  }

  #callerOf(token: TokenClaims): Omit<Caller, 'path'> | undefined {
    const { userId, tokenKind } = token['https://custom/app_metadata'];
    const user = this.users.byId(userId);
    if (!user?.isActive || user.generation !== token.generation || this.revoked.has(token.jti)) return undefined;
    return { kind: callerKind(tokenKind, user), user, token };
  }
}

function callerKind(tokenKind: TokenKind, user: User): CallerKind {
  if (tokenKind === 'Temp') return 'RegistrationSession';
  if (tokenKind === 'Recovery') return 'RecoverySession';
  return user.isServiceAccount ? 'ServiceAccount' : user.kind;
}
