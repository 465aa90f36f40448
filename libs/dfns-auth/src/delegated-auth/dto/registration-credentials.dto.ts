import {
  RECOVERY_CREDENTIALS,
  type RecoveryKeyCredentialDto,
  SIGNING_CREDENTIALS,
  type SigningCredentialDto,
} from './credential.dto.js';
import { NestedByKind } from './nested.decorator.js';
import { Optional } from './optional.decorator.js';

/** The credentials that a person registers at once; all of them sign the same challenge. */
export class RegistrationCredentialsDto {
  @NestedByKind('credentialKind', SIGNING_CREDENTIALS)
  firstFactorCredential!: SigningCredentialDto;

  @Optional()
  @NestedByKind('credentialKind', SIGNING_CREDENTIALS)
  secondFactorCredential?: SigningCredentialDto;

  /** Without one a lost device means lost access. */
  @Optional()
  @NestedByKind('credentialKind', RECOVERY_CREDENTIALS)
  recoveryCredential?: RecoveryKeyCredentialDto;
}
