import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Refusal } from '../errors/refusal.js';
import { nonceInvalid, nonceSpent } from '../errors/refusals.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { parseNonce } from './nonce.js';

const CLOCK_TOLERANCE_MS = 300_000;

/** Enforces `X-DFNS-NONCE` and `X-DFNS-APPID` when the sandbox is told to be old; ignores them otherwise. */
@Injectable()
export class LegacyHeadersGuard implements CanActivate {
  readonly #seen: ExpiringMap<true>;

  constructor(private readonly config: SandboxConfig) {
    this.#seen = new ExpiringMap(2 * CLOCK_TOLERANCE_MS, config.now);
  }

  canActivate(context: ExecutionContext): boolean {
    if (!this.config.legacy) return true;
    const { headers } = context.switchToHttp().getRequest<DfnsRequest>();
    if (!/^ap-/.test(String(headers['x-dfns-appid']))) throw new Refusal(403, 'application id is missing or invalid');
    const header = headers['x-dfns-nonce'];
    const nonce = parseNonce(Array.isArray(header) ? header[0] : header);
    if (!nonce || Math.abs(this.config.now() - nonce.date) > CLOCK_TOLERANCE_MS) throw nonceInvalid();
    if (this.#seen.get(nonce.uuid)) throw nonceSpent();
    this.#seen.set(nonce.uuid, true);
    return true;
  }
}
