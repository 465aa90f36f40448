import type { Credential } from '../credentials/credential.js';
import type { RoleHolder } from './role.js';

/** A token that a user made, with a key of its own (dfns-api 12.5). */
export interface PersonalAccessToken extends RoleHolder {
  /** `to-…`, which is also the `jti` of the token. */
  readonly tokenId: string;
  name: string;
  externalId?: string;
  readonly dateCreated: string;
  isActive: boolean;
  /** The key that signs the user actions of this token. */
  readonly credential: Credential;
  /** Whether the token was ever given a role. Without one it may do all that its user may do. */
  isLimited: boolean;
}
