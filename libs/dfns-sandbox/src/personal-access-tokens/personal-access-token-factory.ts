import { Injectable } from '@nestjs/common';
import { RoleStore } from '../access/role-store.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { newCredential } from '../credentials/credential.js';
import { nameTaken } from '../errors/refusals.js';
import { keyMaterial } from '../identities/key-material.js';
import type { PersonalAccessToken } from '../identities/personal-access-token.js';
import type { User } from '../identities/user-store.js';
import { USUAL_DAYS } from '../tokens/access-token.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** The argument of `createPersonalAccessToken`. */
export interface PersonalAccessTokenRequest {
  /** The user whom the token belongs to. */
  username: string;
  /** No two tokens of a user have the same name. @default 'personal access token' */
  name?: string | undefined;
  /** PEM, SPKI or PKCS#1. Without it the sandbox makes a key pair and returns the private key. */
  publicKey?: string | undefined;
  credId?: string | undefined;
  /** The token can do what both these permissions and its user allow. @default all that its user may do */
  permissions?: string[] | undefined;
  externalId?: string | undefined;
  /** How many days the token is valid. @default 730 */
  daysValid?: number | undefined;
}

/** A new personal access token, with its secrets. */
export interface CreatedPersonalAccessToken {
  tokenId: string;
  authToken: string;
  credId: string;
  /** PKCS#8 PEM. It is set when the sandbox made the key pair. */
  privateKey?: string;
}

/** Makes personal access tokens. Each has exactly one key (dfns-api 12.5). */
@Injectable()
export class PersonalAccessTokenFactory {
  constructor(
    private readonly config: SandboxConfig,
    private readonly roles: RoleStore,
    private readonly tokens: TokenIssuer,
    private readonly secrets: IssuedSecrets,
  ) {}

  /** @throws Refusal 409 if the user has a token of this name */
  create(
    user: User,
    request: Omit<PersonalAccessTokenRequest, 'username'>,
    lifetimeMs = this.config.daysMs(request.daysValid ?? USUAL_DAYS),
  ): CreatedPersonalAccessToken {
    const { name = 'personal access token', permissions = [], externalId } = request;
    if (user.personalAccessTokens.some((other) => other.name === name)) throw nameTaken('token', name);
    const { credId, publicKey, privateKey } = keyMaterial(request);
    const dateCreated = this.config.date();
    const token: PersonalAccessToken = {
      tokenId: identifier('to'),
      name,
      externalId,
      dateCreated,
      isActive: true,
      credential: newCredential({ kind: 'Key', credId, publicKey, name, dateCreated }),
      assignments: [],
      isLimited: false,
    };
    user.personalAccessTokens = [...user.personalAccessTokens, token];
    this.roles.giveFirst(token, permissions);
    const authToken = this.tokens.issue('Pat', user, lifetimeMs, token.tokenId);
    if (privateKey) this.secrets.add(privateKey);
    return { tokenId: token.tokenId, authToken, credId, ...(privateKey && { privateKey }) };
  }
}
