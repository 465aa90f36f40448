import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { forbidden, notAuthorized } from '../errors/refusals.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import { ACCESS_RULE, type AccessRule } from './access.decorator.js';
import { requirePermission } from './permissions.js';

/** Lets in the identities of an endpoint, and of those the ones with its permission (spec 17, rows 15 and 16). */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { caller, originalUrl } = context.switchToHttp().getRequest<DfnsRequest>();
    const rule = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getHandler());
    if (!caller || !rule) throw notAuthorized();
    if (!rule.callers.includes(caller.kind)) {
      // A temporary token is nobody's login: elsewhere it is no bearer at all.
      if (caller.kind === 'RegistrationSession' || caller.kind === 'RecoverySession') throw notAuthorized();
      throw forbidden(caller.user.kind, caller.user.userId, originalUrl.split('?')[0] ?? '');
    }
    if (rule.operation) requirePermission(caller.user, rule.operation);
    return true;
  }
}
