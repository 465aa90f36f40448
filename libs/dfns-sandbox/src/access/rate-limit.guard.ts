import type { ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { tooManyRequests } from '../errors/refusals.js';
import { check } from '../journal/call-record.js';
import { KeptState } from '../state/kept-state.js';
import { isAnonymous } from './access-rule.js';

const WINDOW_MS = 60_000;

/**
 * Limits the requests of the organisation in fixed windows of 60 seconds, with the headers of dfns-api 6.1, 6.2. Calls
 * without a bearer do not count (dfns-api 21.31).
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  readonly #window: { resetAt: number; used: number };

  constructor(
    private readonly config: SandboxConfig,
    private readonly reflector: Reflector,
    state: KeptState,
  ) {
    this.#window = state.keep('rate limit', { resetAt: 0, used: 0 });
  }

  canActivate(context: ExecutionContext): boolean {
    const limit = this.config.rateLimitPerMinute;
    if (limit === undefined || isAnonymous(this.reflector, context)) return true;
    const now = this.config.now();
    if (now >= this.#window.resetAt) Object.assign(this.#window, { resetAt: now + WINDOW_MS, used: 0 });
    this.#window.used += 1;
    const { resetAt, used } = this.#window;
    const response = context.switchToHttp().getResponse<ServerResponse>();
    response.setHeader('X-RateLimit-Limit', limit);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, limit - used));
    response.setHeader('X-RateLimit-Reset', Math.ceil(resetAt / 1000));
    check('rate limit', used <= limit, `request ${used} of ${limit} in this minute`);
    if (used <= limit) return true;
    response.setHeader('Retry-After', Math.ceil((resetAt - now) / 1000));
    throw tooManyRequests();
  }
}
