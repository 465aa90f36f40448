import { Bounded } from './bounded.js';
import { RegistrationCredentialsDto } from './credentials.dto.js';
import { Nested } from './nested.js';
import { Base64url, OneOf, Optional, Text } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** Body of `POST /auth/recover/user/delegated` (dfns-api 11.1). */
@Bounded
export class DelegatedRecoveryDto {
  declare static readonly '~standard': StandardSchema<DelegatedRecoveryDto>;

  /** Name with which the user was registered. Take it from your own authenticated principal, never from a request. */
  @Text(500)
  @Example('ada')
  username!: string;

  /** The `credId` of the recovery key that the person still has. */
  @Text(1_400)
  @Example('cmVjb3Zlcnkta2V5')
  credentialId!: string;
}

/** A signature of the recovery key. */
export class RecoveryKeyAssertionDto {
  @Base64url(1_400)
  @Example('cmVjb3Zlcnkta2V5')
  credId!: string;

  /** Base64url of JSON text of type `key.get`. Its challenge holds the text of `newCredentials` in base64url. */
  @Base64url(65_536)
  @Example('eyJ0eXBlIjoia2V5LmdldCJ9')
  clientData!: string;

  @Base64url(4_096)
  @Example('MEUCIQDx')
  signature!: string;

  @Optional()
  @OneOf('RSA-SHA256', 'SHA256', 'SHA512')
  algorithm?: string;
}

/** The proof that the person still has a recovery key (dfns-api 8.11). */
export class RecoveryDto {
  @OneOf('RecoveryKey')
  kind!: 'RecoveryKey';

  @Nested(RecoveryKeyAssertionDto)
  credentialAssertion!: RecoveryKeyAssertionDto;
}

/**
 * Body of `POST /auth/recover/user` (dfns-api 11.2). The recovery key signs the JSON text of `newCredentials`, so its
 * members are sent in the order in which they were given.
 */
@Bounded
export class RecoverUserDto {
  declare static readonly '~standard': StandardSchema<RecoverUserDto>;

  @Nested(RecoveryDto)
  recovery!: RecoveryDto;

  @Nested(RegistrationCredentialsDto)
  newCredentials!: RegistrationCredentialsDto;
}
