import { readTokenClaims } from '../credentials/token-claims.js';

/** Leeway and refresh window take at most this share of a lifetime each, so that a short token is served at all. */
const SHARE = 1 / 4;
/** Milliseconds that no token is kept beyond, whatever it says. */
const LONGEST_LIFETIME_MS = 86_400_000;

/** Milliseconds, as in `DfnsAuthModuleOptions.tokens`. */
export interface LifetimeOptions {
  leewayMs: number;
  refreshAheadMs: number;
  defaultLifetimeMs: number;
}

/** A user token and when it may be served; all times by our clock, in milliseconds since 1970. */
export interface LiveToken {
  token: string;
  /** When it was asked for. */
  askedAt: number;
  /** From then on a hit starts a refresh behind. */
  refreshAt: number;
  /** From then on it is not served. */
  staleAt: number;
}

/**
 * When a token may be served. Its lifetime is `exp − iat`, both by Dfns's clock, counted from when we asked: no two
 * clocks have to agree.
 *
 * @param askedAt when the request for the token began
 */
export function liveToken(token: string, askedAt: number, options: LifetimeOptions): LiveToken {
  const lifetimeMs = lifetimeOf(token) ?? options.defaultLifetimeMs;
  const staleAt = askedAt + lifetimeMs - Math.min(options.leewayMs, lifetimeMs * SHARE);
  return { token, askedAt, staleAt, refreshAt: staleAt - Math.min(options.refreshAheadMs, lifetimeMs * SHARE) };
}

/** A clock that was set back makes a token stale rather than immortal. */
export function isServable({ askedAt, staleAt }: LiveToken, now: number): boolean {
  return askedAt <= now && now < staleAt;
}

function lifetimeOf(token: string): number | undefined {
  const { issuedAt, expiresAt } = readTokenClaims(token) ?? {};
  if (issuedAt === undefined || expiresAt === undefined || expiresAt <= issuedAt) return undefined;
  return Math.min((expiresAt - issuedAt) * 1000, LONGEST_LIFETIME_MS);
}
