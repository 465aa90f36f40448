import { Bounded } from './bounded.js';
import { Optional, Text, TextLike, Whole } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** The container that Dfns accepts for a public key (dfns-api 8.4). */
const PUBLIC_KEY = '^-----BEGIN (?:RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\\r\\n]+-----END (?:RSA )?PUBLIC KEY-----\\s?$';
const PERMISSION_ID = '^pm-[\\w-]+$';

abstract class NewAccessTokenDto {
  @Text(100)
  @Example('Backend')
  name!: string;

  /** PEM of the public part of a new key, which nothing else uses. Its private part stays with whoever signs. */
  @TextLike(8_192, PUBLIC_KEY)
  @Example('-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n')
  publicKey!: string;

  /** Id of a permission, `pm-…`. */
  @Optional()
  @TextLike(64, PERMISSION_ID)
  @Example('pm-2m3n4-5p6q7-8r9s0t1u2v3w4x5y')
  permissionId?: string;

  /** Your own id. For correlation only. */
  @Optional()
  @Text(100)
  @Example('backend-1')
  externalId?: string;

  /** Days until the token ends, 1 to 730 (dfns-api 20.27). */
  @Optional()
  @Whole(1, 730)
  @Example(365)
  daysValid?: number;
}

/** Body of `POST /auth/service-accounts` (dfns-api 12.3). Without `permissionId` the account may do nothing. */
@Bounded
export class NewServiceAccountDto extends NewAccessTokenDto {
  declare static readonly '~standard': StandardSchema<NewServiceAccountDto>;
}

/** Body of `POST /auth/pats` (dfns-api 12.5). Without `permissionId` the token may do all that its user may do. */
@Bounded
export class NewPersonalAccessTokenDto extends NewAccessTokenDto {
  declare static readonly '~standard': StandardSchema<NewPersonalAccessTokenDto>;

  /** Seconds until the token ends. It is stronger than `daysValid`. */
  @Optional()
  @Whole(1, 63_072_000)
  @Example(86400)
  secondsValid?: number;
}

/** Body of `PUT /auth/service-accounts/{id}` and of `PUT /auth/pats/{id}`. */
@Bounded
export class AccessTokenChangesDto {
  declare static readonly '~standard': StandardSchema<AccessTokenChangesDto>;

  @Optional()
  @Text(100)
  @Example('Backend')
  name?: string;

  /** Your own id. For correlation only. */
  @Optional()
  @Text(100)
  @Example('backend-1')
  externalId?: string;
}
