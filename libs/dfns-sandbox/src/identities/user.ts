import type { Credential } from '../credentials/credential.js';

export type UserKind = 'EndUser' | 'CustomerEmployee';

/** An employee, an end user or a service account (spec 4.1). */
export interface User {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
  /** A service account shows as `CustomerEmployee`. */
  readonly kind: UserKind;
  readonly isServiceAccount: boolean;
  readonly externalId?: string;
  /** The id of its first credential, once it has one. */
  credentialUuid: string;
  permissions: readonly string[];
  /** Changed through the directory. */
  credentials: readonly Credential[];
  isActive: boolean;
  isRegistered: boolean;
  isArchived: boolean;
  /** Counts revocations; tokens of an earlier generation are refused. */
  generation: number;
}

/** What may be said about a new user; the rest follows. */
export interface NewUser
  extends Pick<User, 'username' | 'kind'>,
    Partial<Omit<User, 'username' | 'kind' | 'credentials'>> {
  credentials?: Credential[];
}
