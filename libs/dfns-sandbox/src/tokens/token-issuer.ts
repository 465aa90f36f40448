import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { User } from '../identities/user.js';
import { IssuedSecrets } from './issued-secrets.js';
import { readJwt, signJwt } from './jwt.js';

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
