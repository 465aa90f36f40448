import { CredentialInfoDto } from './credential-info.dto.js';
import { Nested } from './nested.decorator.js';
import { Optional } from './optional.decorator.js';
import { OneOf, Text } from './text.decorator.js';

abstract class CredentialDto {
  @Nested(CredentialInfoDto)
  credentialInfo!: CredentialInfoDto;

  @Optional()
  @Text(100)
  credentialName?: string;
}

/** A new passkey. */
export class Fido2CredentialDto extends CredentialDto {
  @OneOf('Fido2')
  credentialKind!: 'Fido2';
}

/** A new key that its owner holds. */
export class KeyCredentialDto extends CredentialDto {
  @OneOf('Key')
  credentialKind!: 'Key';
}

/** A new key that Dfns keeps in an encrypted form which only its owner can open (spec 9.7). */
export class PasswordProtectedKeyCredentialDto extends CredentialDto {
  @OneOf('PasswordProtectedKey')
  credentialKind!: 'PasswordProtectedKey';

  /** Opaque to Dfns. */
  @Text(8_192)
  encryptedPrivateKey!: string;
}

/** A new key for the day when all others are lost (spec 9.7). */
export class RecoveryKeyCredentialDto extends CredentialDto {
  @OneOf('RecoveryKey')
  credentialKind!: 'RecoveryKey';

  /** Opaque to Dfns; handed back when a recovery begins. */
  @Optional()
  @Text(8_192)
  encryptedPrivateKey?: string;
}

/** A credential that signs (spec 14, FirstFactorCredential). */
export type SigningCredentialDto = Fido2CredentialDto | KeyCredentialDto | PasswordProtectedKeyCredentialDto;

/** Classes by what `credentialKind` says. */
export const SIGNING_CREDENTIALS = {
  Fido2: Fido2CredentialDto,
  Key: KeyCredentialDto,
  PasswordProtectedKey: PasswordProtectedKeyCredentialDto,
};

/** Classes by what `credentialKind` says. */
export const RECOVERY_CREDENTIALS = { RecoveryKey: RecoveryKeyCredentialDto };
