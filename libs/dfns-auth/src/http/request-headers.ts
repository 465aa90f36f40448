import { randomUUID } from 'node:crypto';
import type { LegacyOptions } from '../config/options.js';

/** Sent with every request; Dfns refuses an empty one (dfns-api 2.2). A test compares it with the package version. */
export const USER_AGENT = 'nestjs-dfns-auth/0.1.0';

/** What the headers of a request depend on. */
export interface HeaderInput {
  hasBody: boolean;
  /** If missing, the request has no `Authorization` header. */
  bearer?: string;
  /** The value of `X-DFNS-USERACTION`. */
  userAction?: string;
}

/** The headers of one request. They ask for an answer that is not compressed, so that its size is known. */
export function requestHeaders(
  { hasBody, bearer, userAction }: HeaderInput,
  legacy: LegacyOptions,
  now: number,
): Record<string, string> {
  return {
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    'User-Agent': USER_AGENT,
    ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
    ...(hasBody && { 'Content-Type': 'application/json' }),
    ...(userAction !== undefined && { 'X-DFNS-USERACTION': userAction }),
    ...(legacy.appId !== undefined && { 'X-DFNS-APPID': legacy.appId }),
    ...(legacy.nonce && { 'X-DFNS-NONCE': legacyNonce(now) }),
  };
}

/** The value of `X-DFNS-NONCE`. Only older Dfns documents ask for it; each nonce is used once (dfns-api 3.3). */
function legacyNonce(now: number): string {
  return Buffer.from(JSON.stringify({ uuid: randomUUID(), date: new Date(now).toISOString() })).toString('base64url');
}
