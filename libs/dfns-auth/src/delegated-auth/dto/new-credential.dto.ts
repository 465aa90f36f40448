import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { CredentialInfoDto } from './credential-info.dto.js';
import { Schema } from './member-schema.js';
import { Nested } from './nested.decorator.js';
import { OneOf, Text } from './text.decorator.js';

const HOLDING_A_KEY = ['PasswordProtectedKey', 'RecoveryKey'];

/** Required for a `PasswordProtectedKey`, optional for a `RecoveryKey`, refused for what holds no such key. */
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

/** A credential that a user adds to those they have (spec 14, CreateCredentialBody). */
export class NewCredentialDto {
  @OneOf('Fido2', 'Key', 'PasswordProtectedKey', 'RecoveryKey')
  credentialKind!: 'Fido2' | 'Key' | 'PasswordProtectedKey' | 'RecoveryKey';

  @Nested(CredentialInfoDto)
  credentialInfo!: CredentialInfoDto;

  @Text(100)
  credentialName!: string;

  /** Opaque to Dfns (spec 9.7). */
  @EncryptedKeyOfKind()
  @Text(8_192)
  encryptedPrivateKey?: string;
}
