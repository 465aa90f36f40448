/** The claims of a Dfns token that a client may read. The rest of the token is opaque (dfns-api 4.4). */
export interface TokenClaims {
  orgId?: string;
  userId?: string;
  username?: string;
  /** Seconds since 1970, by the clock of Dfns. */
  issuedAt?: number;
  /** Seconds since 1970, by the clock of Dfns. */
  expiresAt?: number;
}

/** The claims of a Dfns token, or `undefined` if it is not a JWT. The signature is not verified; Dfns does that. */
export function readTokenClaims(token: string): TokenClaims | undefined {
  const payload = token.split('.')[1];
  if (!payload) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(claims)) return undefined;
  const metadata = isRecord(claims['https://custom/app_metadata']) ? claims['https://custom/app_metadata'] : {};
  return {
    orgId: text(metadata['orgId']),
    userId: text(metadata['userId']),
    username: text(claims['https://custom/username']),
    issuedAt: seconds(claims['iat']),
    expiresAt: seconds(claims['exp']),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
