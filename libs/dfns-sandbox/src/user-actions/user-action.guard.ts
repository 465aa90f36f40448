import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '../access/access-rule.js';
import type { CallerRequest } from '../access/caller.js';
import { notAuthorized } from '../errors/refusals.js';
import { UserActionStore } from './user-action-store.js';

/** Checks the header `X-DFNS-USERACTION` of endpoints that need a user action. */
@Injectable()
export class UserActionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly userActions: UserActionStore,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.reflector.get<AccessRule>(ACCESS_RULE, context.getHandler()).userAction) return true;
    const { caller, headers, method, originalUrl, bodyText } = context.switchToHttp().getRequest<CallerRequest>();
    if (!caller) throw notAuthorized();
    const userAction = headers['x-dfns-useraction'];
    this.userActions.spend(caller.user, typeof userAction === 'string' ? userAction : undefined, {
      method,
      path: originalUrl,
      payload: bodyText,
    });
    return true;
  }
}
