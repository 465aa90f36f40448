import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { User } from '../identities/user-store.js';
import { IssuedSecrets } from './issued-secrets.js';

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** Kinds of spec 4.2, and two of the sandbox's own for what is never a bearer. */
export type TokenKind = 'ServiceAccount' | 'Token' | 'Temp' | 'Recovery' | 'Challenge' | 'UserAction';

/** What a token says about itself (spec 4.3). */
export interface TokenClaims {
  'https://custom/username': string;
  'https://custom/app_metadata': { userId: string; orgId: string; tokenKind: TokenKind };
  iss: string;
  aud: string;
  sub: string;
  jti: string;
  iat: number;
  exp: number;
  /** Tokens of an earlier generation than their user's are revoked. */
  generation: number;
}

/** Makes and reads the JWTs of every kind. Each carries the organisation, as the SDK checks it on all of them. */
@Injectable()
export class TokenIssuer {
  readonly #key = randomBytes(32);

  constructor(
    private readonly config: SandboxConfig,
    private readonly secrets: IssuedSecrets,
  ) {}

  issue(kind: TokenKind, user: User, lifetimeMs: number, id: string = randomUUID()): string {
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
    return this.secrets.add(signJwt(claims, this.#key));
  }

  /** The claims of a genuine token that has not expired. */
  read(token: string, kinds: TokenKind[]): TokenClaims | undefined {
    const claims = readJwt(token, this.#key) as TokenClaims | undefined;
    if (!claims || claims.exp * 1000 <= this.config.now()) return undefined;
    return kinds.includes(claims['https://custom/app_metadata'].tokenKind) ? claims : undefined;
  }
}

/** A JWT signed with HS256; which algorithm live tokens use is not documented (spec 4.3). */
function signJwt(claims: object, key: Buffer): string {
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${mac(text, key).toString('base64url')}`;
}

/** The claims of a token that this key signed, else nothing. */
function readJwt(token: string, key: Buffer): unknown {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = mac(token.slice(0, Math.max(end, 0)), key);
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

const mac = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest();

/** Ids of single tokens that were ended before their time; a user's tokens end together by their generation. */
@Injectable()
export class RevokedTokens {
  readonly #ids = new Set<string>();

  add(jti: string): void {
    this.#ids.add(jti);
  }

  has(jti: string): boolean {
    return this.#ids.has(jti);
  }
}
