import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { Bounded } from './bounded.js';
import { Nested, NestedByKind } from './nested.js';
import { Base64url, OneOf, Optional, Text } from './rules.js';
import { Example, Schema } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** The public part of a new credential (dfns-api 8.7, 8.8). */
export class CredentialInfoDto {
  /** Chosen by the maker of the key, or by the authenticator. */
  @Base64url(1_400)
  @Example('c2lnbmluZy1rZXk')
  credId!: string;

  /** Base64url of JSON text of type `key.create` or `webauthn.create`. */
  @Base64url(4_096)
  @Example('eyJ0eXBlIjoia2V5LmNyZWF0ZSJ9')
  clientData!: string;

  /** Base64url. For a key: JSON text with its PEM and a signature. For a passkey: the attestation object. */
  @Base64url(16_384)
  @Example('eyJwdWJsaWNLZXkiOiIuLi4ifQ')
  attestationData!: string;
}

abstract class CredentialDto {
  @Nested(CredentialInfoDto)
  credentialInfo!: CredentialInfoDto;

  @Optional()
  @Text(100)
  @Example('My phone')
  credentialName?: string;
}

/** A new passkey. */
export class Fido2CredentialDto extends CredentialDto {
  @OneOf('Fido2')
  credentialKind!: 'Fido2';
}

/** A new key that its owner keeps. */
export class KeyCredentialDto extends CredentialDto {
  @OneOf('Key')
  credentialKind!: 'Key';
}

/** A new key that Dfns stores encrypted. Only its owner can decrypt it (dfns-api 8.10). */
export class PasswordProtectedKeyCredentialDto extends CredentialDto {
  @OneOf('PasswordProtectedKey')
  credentialKind!: 'PasswordProtectedKey';

  /** Dfns cannot read it. */
  @Text(8_192)
  @Example('encrypted by its owner')
  encryptedPrivateKey!: string;
}

/** A new key for a recovery, when all other credentials are lost (dfns-api 8.10). */
@Bounded
export class RecoveryKeyCredentialDto extends CredentialDto {
  declare static readonly '~standard': StandardSchema<RecoveryKeyCredentialDto>;

  @OneOf('RecoveryKey')
  credentialKind!: 'RecoveryKey';

  /** Dfns cannot read it. It is returned when a recovery begins. */
  @Optional()
  @Text(8_192)
  @Example('encrypted by its owner')
  encryptedPrivateKey?: string;
}

/** A new credential that can sign (dfns-api 19.6). */
export type SigningCredentialDto = Fido2CredentialDto | KeyCredentialDto | PasswordProtectedKeyCredentialDto;

export const SIGNING_CREDENTIALS = {
  Fido2: Fido2CredentialDto,
  Key: KeyCredentialDto,
  PasswordProtectedKey: PasswordProtectedKeyCredentialDto,
};

export const RECOVERY_CREDENTIALS = { RecoveryKey: RecoveryKeyCredentialDto };

/** The credentials that a user registers in one call. All of them sign the same challenge. */
@Bounded
export class RegistrationCredentialsDto {
  declare static readonly '~standard': StandardSchema<RegistrationCredentialsDto>;

  @NestedByKind('credentialKind', SIGNING_CREDENTIALS)
  firstFactorCredential!: SigningCredentialDto;

  @Optional()
  @NestedByKind('credentialKind', SIGNING_CREDENTIALS)
  secondFactorCredential?: SigningCredentialDto;

  /** Without a recovery key, a user who loses the device loses access. */
  @Optional()
  @NestedByKind('credentialKind', RECOVERY_CREDENTIALS)
  recoveryCredential?: RecoveryKeyCredentialDto;
}

const HOLDING_A_KEY = ['PasswordProtectedKey', 'RecoveryKey'];

/** Required for a `PasswordProtectedKey`, optional for a `RecoveryKey`, refused for other kinds. */
const EncryptedKeyOfKind = (): PropertyDecorator =>
  applyDecorators(
    ValidateIf(
      (credential: NewCredentialDto, value) =>
        value !== undefined || credential.credentialKind === 'PasswordProtectedKey',
    ),
    ValidateBy({
      name: 'isOfKind',
      validator: {
        validate: (_value, args?: ValidationArguments) =>
          HOLDING_A_KEY.includes(args?.object['credentialKind' as never] ?? ''),
        defaultMessage: () => '$property belongs to a PasswordProtectedKey or a RecoveryKey',
      },
    }),
    Schema({ required: false }),
  );

/** A credential that a user adds to the existing ones (dfns-api 19.9). */
@Bounded
export class NewCredentialDto {
  declare static readonly '~standard': StandardSchema<NewCredentialDto>;

  @OneOf('Fido2', 'Key', 'PasswordProtectedKey', 'RecoveryKey')
  @Example('PasswordProtectedKey')
  credentialKind!: 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

  @Nested(CredentialInfoDto)
  credentialInfo!: CredentialInfoDto;

  @Text(100)
  @Example('My phone')
  credentialName!: string;

  /** Dfns cannot read it (dfns-api 8.10). Required for a `PasswordProtectedKey`, optional for a `RecoveryKey`. */
  @EncryptedKeyOfKind()
  @Text(8_192)
  @Example('encrypted by its owner')
  encryptedPrivateKey?: string;
}

/** Body of `POST /auth/credentials` (dfns-api 13.2, 19.9). */
@Bounded
export class CreateCredentialDto extends NewCredentialDto {
  declare static readonly '~standard': StandardSchema<CreateCredentialDto>;

  /** From the credential challenge. Keep it on the server. */
  @Text(8_192)
  @Example('eyJhbGciOi.eyJpc3Mi.c2lnbmF0')
  challengeIdentifier!: string;
}
