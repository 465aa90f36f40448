import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { nonceInvalid, nonceSpent, Refusal } from '../errors/refusals.js';
import { checked } from '../journal/call-record.js';
import type { DfnsRequest } from '../server/dfns-request.js';
import { ExpiringMap } from '../tokens/expiring-map.js';

const CLOCK_TOLERANCE_MS = 300_000;
const MIN_UUID_LENGTH = 13;

/** Checks the headers `X-DFNS-NONCE` and `X-DFNS-APPID`, but only with the option `legacy`. */
@Injectable()
export class LegacyHeadersGuard implements CanActivate {
  readonly #seen: ExpiringMap<true>;

  constructor(private readonly config: SandboxConfig) {
    this.#seen = new ExpiringMap(2 * CLOCK_TOLERANCE_MS, config.now);
  }

  canActivate(context: ExecutionContext): boolean {
    if (!this.config.legacy) return true;
    const { headers } = context.switchToHttp().getRequest<DfnsRequest>();
    checked('headers of the older documents', () => this.#check(headers));
    return true;
  }

  #check(headers: DfnsRequest['headers']): void {
    if (!/^ap-/.test(String(headers['x-dfns-appid']))) throw new Refusal(403, 'application id is missing or invalid');
    const header = headers['x-dfns-nonce'];
    const nonce = parseNonce(Array.isArray(header) ? header[0] : header);
    if (!nonce || Math.abs(this.config.now() - nonce.date) > CLOCK_TOLERANCE_MS) throw nonceInvalid();
    if (this.#seen.get(nonce.uuid)) throw nonceSpent();
    this.#seen.set(nonce.uuid, true);
  }
}

/** A nonce of the older documents (dfns-api 3.3). */
interface Nonce {
  uuid: string;
  /** Milliseconds since the epoch. */
  date: number;
}

/** Reads base64url of `{ uuid, date }`, with the members in any order. */
export function parseNonce(header: string | undefined): Nonce | undefined {
  const parsed = parseJson(Buffer.from(header ?? '', 'base64url').toString());
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { uuid, date } = parsed as Record<string, unknown>;
  if (typeof uuid !== 'string' || uuid.length < MIN_UUID_LENGTH || typeof date !== 'string') return undefined;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? undefined : { uuid, date: time };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
