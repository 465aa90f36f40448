import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  HttpCode,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { forbidden, notAuthorized } from '../errors/refusals.js';
import { check } from '../journal/call-record.js';
import { type CallerKind, type CallerRequest, tokenKindOf } from './caller.js';
import { type Operation, requirePermission } from './permissions.js';

export const ACCESS_RULE = Symbol('ACCESS_RULE');

/** Who may call an endpoint, and what the request must have. */
export interface AccessRule {
  callers: CallerKind[];
  /** The operation that the permissions of the caller must allow. Without it no permission is needed. */
  operation?: Operation;
  /** Whether `X-DFNS-USERACTION` is required. @default false */
  userAction?: boolean;
  /** Whether a personal access token may call in the name of its user. @default true */
  personalAccessTokens?: boolean;
  /** Whether anybody may call without a bearer. A bearer that comes along is ignored (dfns-api 7.11). @default false */
  anonymous?: boolean;
}

/** Sets the rule that the guards apply to an endpoint. The status of success is always 200. */
export const Access = (rule: AccessRule) => applyDecorators(SetMetadata(ACCESS_RULE, rule), HttpCode(200));

/** Anybody may call the endpoint, without a bearer. */
export const Anonymous = () => Access({ callers: [], anonymous: true });

export function isAnonymous(reflector: Reflector, context: ExecutionContext): boolean {
  return reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getHandler())?.anonymous ?? false;
}

/** Checks the kind of the caller first, and then the permission (dfns-api 21.14). */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (isAnonymous(this.reflector, context)) return true;
    const { caller, originalUrl } = context.switchToHttp().getRequest<CallerRequest>();
    const rule = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getHandler());
    if (!caller || !rule) throw notAuthorized();
    const isRefusedToken = tokenKindOf(caller) === 'Pat' && rule.personalAccessTokens === false;
    const isAllowed = !isRefusedToken && rule.callers.includes(caller.kind);
    const allowed = `allowed: ${rule.callers.join(', ')}`;
    check('caller', isAllowed, isRefusedToken ? 'not with a personal access token' : `${caller.kind}; ${allowed}`);
    if (!isAllowed) {
      // Other endpoints do not accept a temporary token as a bearer.
      if (caller.kind === 'RegistrationSession' || caller.kind === 'RecoverySession') throw notAuthorized();
      throw forbidden(caller.user.kind, caller.user.userId, originalUrl.split('?')[0] ?? '');
    }
    if (rule.operation) requirePermission(caller.user, rule.operation);
    return true;
  }
}
