import type { AllowedCredential, CredentialKind, UserActionChallenge } from '../credentials/credential-signer.js';
import { aFlag, aList, anObject, aText, oneOf, optional, Schema } from '../dto/schema.js';
import type {
  CreationChallenge,
  CredentialChallenge,
  PasskeyCreationChallenge,
  RecoveryChallenge,
  RegistrationChallenge,
} from '../services/creation-challenges.js';

/*
 * The parts of challenges that a browser may get. They are copied by name, so a new member of Dfns stays on the server.
 */

const CHALLENGE = aText('Y2gtMm0zbjQtNXA2cTc');
const RELYING_PARTY = optional(anObject({ id: aText('bank.example'), name: aText('Bank') }));
const A_CREDENTIAL = { type: oneOf('public-key'), id: aText('c2lnbmluZy1rZXk') };
const CREDENTIALS = aList(anObject(A_CREDENTIAL));
const SELECTION = anObject({
  residentKey: optional(aText('required')),
  requireResidentKey: optional(aFlag(true)),
  userVerification: optional(aText('required')),
  authenticatorAttachment: optional(aText('platform')),
});

/** What all challenges for new credentials have. */
class PublicCreationChallenge implements CreationChallenge {
  @Schema(CHALLENGE)
  challenge!: string;

  @Schema(anObject({ id: aText('dXMtMm0zbjQ'), name: aText('ada'), displayName: aText('Ada') }))
  user!: CreationChallenge['user'];

  @Schema(RELYING_PARTY)
  rp?: { id: string; name: string };

  @Schema(aText('none'))
  attestation!: string;

  @Schema(aList(anObject({ type: oneOf('public-key'), alg: { type: 'integer', example: -7 } })))
  pubKeyCredParams!: CreationChallenge['pubKeyCredParams'];
}

/** A registration challenge for a browser. */
export class PublicRegistrationChallenge
  extends PublicCreationChallenge
  implements Omit<RegistrationChallenge, 'temporaryAuthenticationToken'>
{
  @Schema(SELECTION)
  authenticatorSelection!: PasskeyCreationChallenge['authenticatorSelection'];

  @Schema(CREDENTIALS)
  excludeCredentials!: AllowedCredential[];

  @Schema(anObject({ firstFactor: aList(aText('Fido2')), secondFactor: aList(aText('Key')) }))
  supportedCredentialKinds!: RegistrationChallenge['supportedCredentialKinds'];
}

export function publicRegistrationChallenge(challenge: RegistrationChallenge): PublicRegistrationChallenge {
  return {
    challenge: challenge.challenge,
    user: challenge.user,
    rp: challenge.rp,
    attestation: challenge.attestation,
    pubKeyCredParams: challenge.pubKeyCredParams,
    authenticatorSelection: challenge.authenticatorSelection,
    excludeCredentials: challenge.excludeCredentials,
    supportedCredentialKinds: challenge.supportedCredentialKinds,
  };
}

/** A recovery challenge for a browser, which decrypts the recovery key in it. */
export class PublicRecoveryChallenge extends PublicRegistrationChallenge {
  @Schema(aList(anObject({ id: aText('cmVjb3Zlcnkta2V5'), encryptedRecoveryKey: aText('encrypted by its owner') })))
  allowedRecoveryCredentials!: RecoveryChallenge['allowedRecoveryCredentials'];
}

export function publicRecoveryChallenge(challenge: RecoveryChallenge): PublicRecoveryChallenge {
  return {
    ...publicRegistrationChallenge(challenge),
    allowedRecoveryCredentials: challenge.allowedRecoveryCredentials,
  };
}

/** A challenge for one more credential, for a browser. */
export class PublicCredentialChallenge extends PublicCreationChallenge {
  @Schema(oneOf('Fido2', 'Key', 'PasswordProtectedKey', 'RecoveryKey'))
  kind!: CredentialKind;

  /** Only for a passkey. */
  @Schema(optional(SELECTION))
  authenticatorSelection?: PasskeyCreationChallenge['authenticatorSelection'];

  /** Only for a passkey. */
  @Schema(optional(CREDENTIALS))
  excludeCredentials?: AllowedCredential[];
}

export function publicCredentialChallenge(challenge: CredentialChallenge): PublicCredentialChallenge {
  return {
    kind: challenge.kind,
    challenge: challenge.challenge,
    user: challenge.user,
    rp: challenge.rp,
    attestation: challenge.attestation,
    pubKeyCredParams: challenge.pubKeyCredParams,
    ...('authenticatorSelection' in challenge && {
      authenticatorSelection: challenge.authenticatorSelection,
      excludeCredentials: challenge.excludeCredentials,
    }),
  };
}

/** A user action challenge for a browser. */
export class PublicUserActionChallenge implements Omit<UserActionChallenge, 'challengeIdentifier'> {
  @Schema(CHALLENGE)
  challenge!: string;

  @Schema(RELYING_PARTY)
  rp?: { id: string; name: string };

  @Schema(aList(anObject({ kind: aText('Fido2'), factor: aText('either'), requiresSecondFactor: aFlag(false) })))
  supportedCredentialKinds!: UserActionChallenge['supportedCredentialKinds'];

  @Schema(aText('required'))
  userVerification!: UserActionChallenge['userVerification'];

  @Schema(optional(aText('none')))
  attestation?: string;

  @Schema(
    anObject({
      key: CREDENTIALS,
      webauthn: CREDENTIALS,
      passwordProtectedKey: optional(
        aList(anObject({ ...A_CREDENTIAL, encryptedPrivateKey: aText('encrypted by its owner') })),
      ),
    }),
  )
  allowCredentials!: UserActionChallenge['allowCredentials'];

  @Schema(aText(''))
  externalAuthenticationUrl!: string;
}

export function publicUserActionChallenge(challenge: UserActionChallenge): PublicUserActionChallenge {
  return {
    challenge: challenge.challenge,
    rp: challenge.rp,
    supportedCredentialKinds: challenge.supportedCredentialKinds,
    userVerification: challenge.userVerification,
    attestation: challenge.attestation,
    allowCredentials: challenge.allowCredentials,
    externalAuthenticationUrl: challenge.externalAuthenticationUrl,
  };
}
