import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import { sessionUsername } from './session-username.js';

/** The Dfns username of whoever is logged in; refuses the request where nobody is. */
export const Username = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const username = sessionUsername(context.switchToHttp().getRequest());
  if (username === undefined) throw new UnauthorizedException('Log in first.');
  return username;
});
