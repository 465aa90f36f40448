import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { IssuedSecrets } from './issued-secrets.js';

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/**
 * The kinds of dfns-api 4.3. `Challenge` and `UserAction` are kinds of the sandbox, and no endpoint accepts them as a
 * bearer.
 */
export type TokenKind = 'ServiceAccount' | 'Pat' | 'Token' | 'Temp' | 'Recovery' | 'Challenge' | 'UserAction';

/** The user whom a token names. */
export type TokenHolder = Pick<User, 'userId' | 'username' | 'generation'>;

/** The claims of a token (dfns-api 4.4). */
export interface TokenClaims {
  'https://custom/username': string;
  'https://custom/app_metadata': { userId: string; orgId: string; tokenKind: TokenKind };
  iss: string;
  aud: string;
  sub: string;
  jti: string;
  iat: number;
  exp: number;
  /** The generation of the user when the token was made. The token ends when the user has a higher generation. */
  generation: number;
}

/** Makes and reads the JWTs of all kinds. Each JWT names the organisation, because the SDK checks it in all of them. */
@Injectable()
export class TokenIssuer {
  readonly #key: { bytes: Buffer };

  constructor(
    private readonly config: SandboxConfig,
    private readonly secrets: IssuedSecrets,
    state: KeptState,
  ) {
    this.#key = state.keep('token key', { bytes: randomBytes(32) });
  }

  issue(kind: TokenKind, user: TokenHolder, lifetimeMs: number, id: string = randomUUID()): string {
    const iat = Math.floor(this.config.now() / 1000);
    const claims: TokenClaims = {
      'https://custom/username': user.username,
      'https://custom/app_metadata': { userId: user.userId, orgId: this.config.orgId, tokenKind: kind },
      iss: 'dfns-sandbox',
      aud: 'dfns:api',
      sub: this.config.orgId,
      jti: id,
      iat,
      exp: iat + Math.ceil(lifetimeMs / 1000),
      generation: user.generation,
    };
    return this.secrets.add(signJwt(claims, this.#key.bytes));
  }

  /** Returns the claims, if this issuer made the token, its kind is one of `kinds`, and it has not expired. */
  read(token: string, kinds: TokenKind[]): TokenClaims | undefined {
    const claims = this.#claimsOf(token);
    if (!claims || claims.exp * 1000 <= this.config.now()) return undefined;
    return kinds.includes(claims['https://custom/app_metadata'].tokenKind) ? claims : undefined;
  }

  /** Says in words why `read` does not accept a token. It returns nothing if `read` accepts it. */
  whyRefused(token: string, kinds: TokenKind[]): string | undefined {
    const claims = this.#claimsOf(token);
    if (!claims) return 'This sandbox did not make it.';
    const endsAt = claims.exp * 1000;
    if (endsAt <= this.config.now()) return `It expired at ${new Date(endsAt).toISOString()}.`;
    const kind = claims['https://custom/app_metadata'].tokenKind;
    return kinds.includes(kind) ? undefined : `It is of the kind ${kind}; accepted here: ${kinds.join(', ')}.`;
  }

  #claimsOf(token: string): TokenClaims | undefined {
    return readJwt(token, this.#key.bytes) as TokenClaims | undefined;
  }
}

/** Makes a JWT with the algorithm HS256. Dfns does not document the algorithm of its tokens (dfns-api 21.16). */
function signJwt(claims: object, key: Buffer): string {
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${mac(text, key).toString('base64url')}`;
}

/** Returns the claims, if this key signed the token. */
function readJwt(token: string, key: Buffer): unknown {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = mac(token.slice(0, Math.max(end, 0)), key);
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

const mac = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest();

/** The ids of single tokens that ended early. To end all tokens of a user, increase the generation of the user. */
@Injectable()
export class RevokedTokens {
  readonly #ids: Set<string>;

  constructor(state: KeptState) {
    this.#ids = state.keep('revoked tokens', new Set<string>());
  }

  add(jti: string): void {
    this.#ids.add(jti);
  }

  has(jti: string): boolean {
    return this.#ids.has(jti);
  }
}
