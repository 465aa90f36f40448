import { Injectable } from '@nestjs/common';
import { RoleStore } from '../access/role-store.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { newCredential } from '../credentials/credential.js';
import { keyMaterial } from '../identities/key-material.js';
import { UserStore } from '../identities/user-store.js';
import { USUAL_DAYS } from '../tokens/access-token.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** The argument of `createServiceAccount`. */
export interface ServiceAccountRequest {
  name?: string | undefined;
  /** PEM, SPKI or PKCS#1. Without it the sandbox makes a key pair and returns the private key. */
  publicKey?: string | undefined;
  credId?: string | undefined;
  /** Current and older names of permissions (dfns-api 14.1). @default all that a back end needs */
  permissions?: string[] | undefined;
  externalId?: string | undefined;
  /** How many days the token is valid. @default 730 */
  daysValid?: number | undefined;
}

/** A new service account, with its secrets. */
export interface CreatedServiceAccount {
  userId: string;
  authToken: string;
  credId: string;
  /** PKCS#8 PEM. It is set when the sandbox made the key pair. */
  privateKey?: string;
}

/** Makes service accounts. Each has exactly one key and a token (dfns-api 4.1). */
@Injectable()
export class ServiceAccountFactory {
  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly roles: RoleStore,
    private readonly tokens: TokenIssuer,
    private readonly secrets: IssuedSecrets,
  ) {}

  create({
    daysValid = USUAL_DAYS,
    permissions,
    externalId,
    ...request
  }: ServiceAccountRequest): CreatedServiceAccount {
    const { credId, publicKey, privateKey } = keyMaterial(request);
    const tokenId = identifier('to');
    const name = request.name ?? 'service account';
    const user = this.users.add({
      username: tokenId,
      name,
      kind: 'CustomerEmployee',
      isServiceAccount: true,
      isRegistered: true,
      externalId,
      credentials: [newCredential({ kind: 'Key', credId, publicKey, name, dateCreated: this.config.date() })],
    });
    this.roles.giveFirst(user, permissions);
    const authToken = this.tokens.issue('ServiceAccount', user, this.config.daysMs(daysValid), tokenId);
    if (privateKey) this.secrets.add(privateKey);
    return { userId: user.userId, authToken, credId, ...(privateKey && { privateKey }) };
  }
}
