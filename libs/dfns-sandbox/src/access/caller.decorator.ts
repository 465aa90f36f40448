import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { DfnsRequest } from '../server/dfns-request.js';

/** The caller that the bearer guard found. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<DfnsRequest>().caller,
);
