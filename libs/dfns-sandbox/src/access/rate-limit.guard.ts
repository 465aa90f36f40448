import type { ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { tooManyRequests } from '../errors/refusals.js';
import { isAnonymous } from './access-rule.js';

const WINDOW_MS = 60_000;

/**
 * Limits the requests of the organisation in fixed windows of 60 seconds, with the headers of dfns-api 6.1, 6.2. Calls
 * without a bearer do not count (dfns-api 21.31).
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  #resetAt = 0;
  #used = 0;

  constructor(
    private readonly config: SandboxConfig,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const limit = this.config.rateLimitPerMinute;
    if (limit === undefined || isAnonymous(this.reflector, context)) return true;
    const now = this.config.now();
    if (now >= this.#resetAt) {
      this.#resetAt = now + WINDOW_MS;
      this.#used = 0;
    }
    this.#used += 1;
    const response = context.switchToHttp().getResponse<ServerResponse>();
    response.setHeader('X-RateLimit-Limit', limit);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, limit - this.#used));
    response.setHeader('X-RateLimit-Reset', Math.ceil(this.#resetAt / 1000));
    if (this.#used <= limit) return true;
    response.setHeader('Retry-After', Math.ceil((this.#resetAt - now) / 1000));
    throw tooManyRequests();
  }
}
