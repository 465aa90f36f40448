import { Bounded } from './bounded.js';
import { Flag, Optional, Text, TextLike } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** Body of `POST /auth/users` (dfns-api 12.7), without `kind`, which is always `CustomerEmployee`. */
@Bounded
export class InvitedUserDto {
  declare static readonly '~standard': StandardSchema<InvitedUserDto>;

  /** Gets the invitation, and is the username. */
  @TextLike(254, '^[^\\s@]+@[^\\s@]+$')
  @Example('ada@bank.example')
  email!: string;

  /** Your own id of the user. For correlation only. */
  @Optional()
  @Text(100)
  @Example('employee-1')
  externalId?: string;

  /** Whether the user must log in with SSO. Default at Dfns: false. */
  @Optional()
  @Flag()
  @Example(true)
  isSSORequired?: boolean;
}

/** Body of `PUT /auth/users/{id}` (dfns-api 12.7). */
@Bounded
export class UserChangesDto {
  declare static readonly '~standard': StandardSchema<UserChangesDto>;

  @Flag()
  @Example(true)
  isSSORequired!: boolean;
}
