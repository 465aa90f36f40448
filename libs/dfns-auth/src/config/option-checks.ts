import { isIP } from 'node:net';
import { KeySigner } from '../credentials/key-signer.js';
import { readTokenClaims } from '../credentials/token-claims.js';

/*
 * Each check returns what is wrong with a value and how to fix it, or `undefined`. The text never contains the value.
 */

/** Text that a header carries unchanged. */
const HEADER_TEXT = /^[\x21-\x7e]+$/;
/** White space, line breaks and invisible characters. */
const UNPRINTABLE = /[\p{Z}\p{C}]/u;
const ORG_ID = /^or-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/;

/** @param insecureHosts hosts beyond this machine for which `http:` is allowed */
export function baseUrlProblem(value: unknown, insecureHosts: unknown): string | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    return 'is not a URL: write it like https://api.dfns.io';
  }
  if (url.username || url.password) return 'holds credentials: remove what stands before the @';
  if (url.search || url.hash) return 'has a query or a fragment: give only scheme, host and, if needed, a path';
  const isAllowed = Array.isArray(insecureHosts) && insecureHosts.includes(url.hostname);
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !isAllowed) {
    return 'is http: beyond this machine, where anybody on the way reads the service account: use https, or name the host of a local sandbox in insecureHttpHosts (DFNS_INSECURE_HTTP_HOSTS)';
  }
  return undefined;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** @param environment the value of `NODE_ENV` */
export function insecureHttpHostsProblem(value: unknown, environment: string | undefined): string | undefined {
  if (!Array.isArray(value) || !value.every(isHostName)) {
    return 'is no list of host names: write them like dfns-sandbox, without scheme and port, in lower case';
  }
  if (environment === 'production' && value.length > 0) {
    return 'is for local sandboxes and NODE_ENV is production: remove it, and use https';
  }
  return undefined;
}

function isHostName(host: unknown): boolean {
  const url = `http://${host}`;
  return typeof host === 'string' && URL.canParse(url) && new URL(url).hostname === host;
}

export function orgIdProblem(value: unknown): string | undefined {
  return typeof value === 'string' && ORG_ID.test(value)
    ? undefined
    : 'is not an organisation id: copy it from the Dfns dashboard, it looks like or-xxxxx-xxxxx-xxxxxxxxxxxxxx';
}

export function authTokenProblem(value: unknown, orgId: string | undefined, now: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return 'is empty: give the token of the service account';
  if (!HEADER_TEXT.test(value)) {
    return 'has white space, line breaks or invisible characters in it: copy it again as one line, without "Bearer"';
  }
  const claims = readTokenClaims(value);
  if (!claims || value.split('.').length !== 3) return 'is not a JWT: copy the whole token, three parts joined by dots';
  if (claims.expiresAt !== undefined && claims.expiresAt * 1000 <= now) {
    return 'has expired: make a new token for the service account';
  }
  if (orgId !== undefined && claims.orgId !== orgId) {
    return 'belongs to another organisation than the one configured: check both';
  }
  return undefined;
}

export function credIdProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') {
    return 'is empty: give the credId that Dfns showed when the service account was made';
  }
  if (UNPRINTABLE.test(value)) {
    return 'has white space, line breaks or invisible characters in it: copy it again as one line';
  }
  return undefined;
}

export function appIdProblem(value: unknown): string | undefined {
  return typeof value === 'string' && HEADER_TEXT.test(value)
    ? undefined
    : 'cannot be sent as a header: copy the id of the application again as one line, it looks like ap-xxxxx-xxxxx-xxxxxxxxxxxxxx';
}

export function privateKeyProblem(value: unknown, passphrase: string | undefined): string | undefined {
  if (typeof value !== 'string') return 'is not text: give the PEM text of the private key';
  try {
    new KeySigner({ credId: 'check', privateKey: value, passphrase });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^the private key /, '');
  }
}

export function passphraseProblem(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? undefined : 'is not text: give the passphrase of the key';
}

/** @param value texts, or functions that are asked later; one or a list */
export function webhookSecretsProblem(value: unknown): string | undefined {
  const secrets = [value].flat();
  if (secrets.length === 0) return 'is an empty list: give the secret that Dfns showed when the webhook was created';
  for (const secret of secrets) {
    if (typeof secret === 'function') continue;
    if (typeof secret !== 'string' || secret === '') {
      return 'has an empty secret, with which anybody can sign: give the secret that Dfns showed when the webhook was created';
    }
    if (UNPRINTABLE.test(secret)) {
      return 'has white space, line breaks or invisible characters in it: copy each secret again as one line';
    }
  }
  return undefined;
}

export function checkOnStartProblem(value: unknown): string | undefined {
  return value === undefined || ['off', 'warn', 'fail'].includes(value as string)
    ? undefined
    : 'is none of off, warn and fail: write one of them';
}

export function agentProblem(value: unknown): string | undefined {
  return typeof (value as Partial<Record<string, unknown>> | null)?.['addRequest'] === 'function'
    ? undefined
    : 'is no agent: give an http.Agent or https.Agent of Node, or one that extends them';
}

export function booleanProblem(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'is neither true nor false: write one of them';
}

export function wholeNumberProblem(value: unknown, min: number, max: number): string | undefined {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
    ? undefined
    : `is not a whole number from ${min} to ${max}: write digits only`;
}
