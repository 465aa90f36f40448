import { randomUUID } from 'node:crypto';
import type { LegacyOptions } from '../config/options.js';

/** Sent with every request, since Dfns refuses an empty one (dfns-api 2.2). A spec compares it with the version of the package. */
export const USER_AGENT = 'nestjs-dfns-auth/0.1.0';

/** What decides about the headers of a request. */
export interface HeaderInput {
  hasBody: boolean;
  /** Without one the request has no `Authorization` header. */
  bearer?: string;
  /** Goes into `X-DFNS-USERACTION`. */
  userAction?: string;
}

/** The headers of one request. The answer must not be compressed, so that its size is known. */
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

/** Only older Dfns documents ask for it; each nonce is used once (dfns-api 3.3). */
function legacyNonce(now: number): string {
  return Buffer.from(JSON.stringify({ uuid: randomUUID(), date: new Date(now).toISOString() })).toString('base64url');
}
