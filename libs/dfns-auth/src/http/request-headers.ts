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
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    'User-Agent': USER_AGENT,
  };
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`;
  if (hasBody) headers['Content-Type'] = 'application/json';
  if (userAction !== undefined) headers['X-DFNS-USERACTION'] = userAction;
  if (legacy.appId !== undefined) headers['X-DFNS-APPID'] = legacy.appId;
  if (legacy.nonce) headers['X-DFNS-NONCE'] = legacyNonce(now);
  return headers;
}

/** The value of `X-DFNS-NONCE`. Only older Dfns documents ask for it; each nonce is used once (dfns-api 3.3). */
function legacyNonce(now: number): string {
  return Buffer.from(JSON.stringify({ uuid: randomUUID(), date: new Date(now).toISOString() })).toString('base64url');
}
