import { type CanActivate, type ExecutionContext, HttpException, HttpStatus, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';

const MINUTE_S = 60;
/** The longest e-mail address. */
const MAX_EMAIL_LENGTH = 254;

/**
 * Limits logins for one account from one address, and for one address. Who guesses passwords is slowed down, and does not
 * lock the owner of the account out. In production, keep the counts in a store that replicas share.
 */
@Injectable()
export class LoginLimitGuard implements CanActivate {
  readonly #byAccount = new RateLimiterMemory({ keyPrefix: 'account', points: 10, duration: MINUTE_S });
  readonly #byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 60, duration: MINUTE_S });

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip, body } = context.switchToHttp().getRequest<Request>();
    const email = String(body?.email).slice(0, MAX_EMAIL_LENGTH).toLowerCase();
    try {
      await this.#byAddress.consume(`${ip}`);
      await this.#byAccount.consume(`${ip} ${email}`);
    } catch {
      throw new HttpException('Too many logins. Try again in a minute.', HttpStatus.TOO_MANY_REQUESTS);
    }
    return true;
  }
}
