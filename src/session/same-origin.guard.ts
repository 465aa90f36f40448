import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { Request } from 'express';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Prevents other sites from writing with a visitor's cookie. A write needs a header that a form of another site cannot
 * send. If the browser names an origin, it must be this one.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (READS.includes(request.method) || isFromHere(request)) return true;
    throw new ForbiddenException('Send the header "X-Requested-With: fetch" from the page of this application.');
  }
}

function isFromHere(request: Request): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (request.headers['x-requested-with'] !== 'fetch') return false;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `${request.protocol}://${request.headers.host}`;
}
