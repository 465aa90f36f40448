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
import type { CallerKind, CallerRequest } from './caller.js';
import { type Operation, requirePermission } from './permissions.js';

export const ACCESS_RULE = Symbol('ACCESS_RULE');

/** Who may call an endpoint, and what the request must have. */
export interface AccessRule {
  callers: CallerKind[];
  /** The operation that the permissions of the caller must allow. Without it no permission is needed. */
  operation?: Operation;
  /** Whether `X-DFNS-USERACTION` is required. @default false */
  userAction?: boolean;
}

/** Sets the rule that the guards apply to an endpoint. The status of success is always 200. */
export const Access = (rule: AccessRule) => applyDecorators(SetMetadata(ACCESS_RULE, rule), HttpCode(200));

/** Checks the kind of the caller first, and then the permission (dfns-api 21.14). */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { caller, originalUrl } = context.switchToHttp().getRequest<CallerRequest>();
    const rule = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getHandler());
    if (!caller || !rule) throw notAuthorized();
    const isAllowed = rule.callers.includes(caller.kind);
    check('caller', isAllowed, `${caller.kind}; allowed: ${rule.callers.join(', ')}`);
    if (!isAllowed) {
      // Other endpoints do not accept a temporary token as a bearer.
      if (caller.kind === 'RegistrationSession' || caller.kind === 'RecoverySession') throw notAuthorized();
      throw forbidden(caller.user.kind, caller.user.userId, originalUrl.split('?')[0] ?? '');
    }
    if (rule.operation) requirePermission(caller.user, rule.operation);
    return true;
  }
}
