import { Bounded } from './bounded.js';
import { Nested, NestedByKind } from './nested.js';
import { Base64url, OneOf, Optional } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

abstract class AssertionDto {
  @Base64url(1_400)
  @Example('c2lnbmluZy1rZXk')
  credId!: string;

  /** Base64url of the signed JSON text of type `key.get` or `webauthn.get`. */
  @Base64url(4_096)
  @Example('eyJ0eXBlIjoia2V5LmdldCJ9')
  clientData!: string;

  @Base64url(4_096)
  @Example('MEUCIQDx')
  signature!: string;

  @Optional()
  @OneOf('RSA-SHA256', 'SHA256', 'SHA512')
  algorithm?: string;
}

/** A signature of a key. */
export class SignedByKeyDto extends AssertionDto {}

/** A signature of a passkey. */
export class SignedByPasskeyDto extends AssertionDto {
  @Base64url(4_096)
  @Example('SZYN5YgO')
  authenticatorData!: string;

  @Optional()
  @Base64url(128)
  @Example('dXMtMWEyYjM')
  userHandle?: string;
}

export class Fido2AssertionDto {
  @OneOf('Fido2')
  kind!: 'Fido2';

  @Nested(SignedByPasskeyDto)
  credentialAssertion!: SignedByPasskeyDto;
}

export class KeyAssertionDto {
  @OneOf('Key')
  kind!: 'Key';

  @Nested(SignedByKeyDto)
  credentialAssertion!: SignedByKeyDto;
}

export class PasswordProtectedKeyAssertionDto {
  @OneOf('PasswordProtectedKey')
  kind!: 'PasswordProtectedKey';

  @Nested(SignedByKeyDto)
  credentialAssertion!: SignedByKeyDto;
}

/** A signed challenge (dfns-api 19.5). */
export type FactorAssertionDto = Fido2AssertionDto | KeyAssertionDto | PasswordProtectedKeyAssertionDto;

const ASSERTIONS = {
  Fido2: Fido2AssertionDto,
  Key: KeyAssertionDto,
  PasswordProtectedKey: PasswordProtectedKeyAssertionDto,
};

/** A signed user action challenge: the body of `POST /auth/action` without `challengeIdentifier` (dfns-api 7.7). */
@Bounded
export class UserActionAssertionDto {
  declare static readonly '~standard': StandardSchema<UserActionAssertionDto>;

  @NestedByKind('kind', ASSERTIONS)
  firstFactor!: FactorAssertionDto;

  /** Only if the challenge says that the first factor requires a second one. */
  @Optional()
  @NestedByKind('kind', ASSERTIONS)
  secondFactor?: FactorAssertionDto;
}
