import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { CallerKind } from './caller.js';
import type { Operation } from './permissions.js';

export const ACCESS_RULE = Symbol('ACCESS_RULE');

/** Who may call an endpoint, and with what. */
export interface AccessRule {
  callers: CallerKind[];
  /** None needed when left out. */
  operation?: Operation;
  /** Whether `X-DFNS-USERACTION` is required. @default false */
  userAction?: boolean;
}

/** The guards' instructions for an endpoint. Success is always 200. */
export const Access = (rule: AccessRule) => applyDecorators(SetMetadata(ACCESS_RULE, rule), HttpCode(200));
