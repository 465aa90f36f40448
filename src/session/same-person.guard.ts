import { type CanActivate, ConflictException, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

/**
 * Refuses a request of a page that shows somebody else. All tabs of a browser share one session: after another person
 * logged in in a second tab, the first tab must not act for that person.
 */
@Injectable()
export class SamePersonGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, session } = context.switchToHttp().getRequest<Request>();
    const shown = headers['x-person'];
    if (shown === undefined || !session?.email || shown === encodeURIComponent(session.email)) return true;
    throw new ConflictException({ statusCode: 409, code: 'OTHER_PERSON', message: 'Somebody else is logged in.' });
  }
}
