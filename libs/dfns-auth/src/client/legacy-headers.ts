import { randomUUID } from 'node:crypto';
import type { LegacyOptions } from '../config/dfns-auth-options.js';

/** The headers that only older Dfns documents ask for, each nonce used once (spec 3.2, 3.3). */
export function legacyHeaders({ appId, nonce }: LegacyOptions, now: number): Record<string, string> {
  return {
    ...(appId !== undefined && { 'X-DFNS-APPID': appId }),
    ...(nonce && { 'X-DFNS-NONCE': legacyNonce(now) }),
  };
}

function legacyNonce(now: number): string {
  return Buffer.from(JSON.stringify({ uuid: randomUUID(), date: new Date(now).toISOString() })).toString('base64url');
}
