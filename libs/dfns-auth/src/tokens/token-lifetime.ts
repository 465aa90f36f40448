import { readTokenClaims } from '../credentials/token-claims.js';

/** Leeway and refresh window are each at most this share of the lifetime, so that a short token is served at all. */
const SHARE = 1 / 4;
/** Longest lifetime in milliseconds, even if the token states a longer one. */
const LONGEST_LIFETIME_MS = 86_400_000;

/** Milliseconds, as in `DfnsAuthModuleOptions.tokens`. */
export interface LifetimeOptions {
  leewayMs: number;
  refreshAheadMs: number;
  defaultLifetimeMs: number;
}

/** A user token, and when it may be served. All times are in milliseconds since 1970, by our clock. */
export interface LiveToken {
  token: string;
  /** When the token was asked for. */
  askedAt: number;
  /** From then on, serving the token starts a refresh in the background. */
  refreshAt: number;
  /** From then on, the token is not served. */
  staleAt: number;
}

/**
 * When a token may be served. Its lifetime is `exp − iat`, both by the clock of Dfns, and it begins at `askedAt` by our
 * clock. So the two clocks need not agree.
 *
 * @param askedAt when the request for the token began
 */
export function liveToken(token: string, askedAt: number, options: LifetimeOptions): LiveToken {
  const lifetimeMs = lifetimeOf(token) ?? options.defaultLifetimeMs;
  const staleAt = askedAt + lifetimeMs - Math.min(options.leewayMs, lifetimeMs * SHARE);
  return { token, askedAt, staleAt, refreshAt: staleAt - Math.min(options.refreshAheadMs, lifetimeMs * SHARE) };
}

/** Whether a token may be served now. If the clock was set back, the token is not served. */
export function isServable({ askedAt, staleAt }: LiveToken, now: number): boolean {
  return askedAt <= now && now < staleAt;
}

function lifetimeOf(token: string): number | undefined {
  const { issuedAt, expiresAt } = readTokenClaims(token) ?? {};
  if (issuedAt === undefined || expiresAt === undefined || expiresAt <= issuedAt) return undefined;
  return Math.min((expiresAt - issuedAt) * 1000, LONGEST_LIFETIME_MS);
}
