import { choice, object, optional, text, type ValueOf } from '../bodies/shape.js';
import { credentialInfo } from '../credentials/attestation.js';

const credentialName = optional(text());
const signing = {
  Fido2: { credentialInfo, credentialName },
  Key: { credentialInfo, credentialName },
  PasswordProtectedKey: { credentialInfo, credentialName, encryptedPrivateKey: text() },
};
const recovery = { RecoveryKey: { credentialInfo, credentialName, encryptedPrivateKey: optional(text()) } };

const factorCredential = choice('credentialKind', signing);
const recoveryCredential = choice('credentialKind', recovery);

/** The credentials of a registration or recovery (dfns-api 19.6). Dfns does not support `Password` and `Totp` either. */
export const newCredentialsMembers = {
  firstFactorCredential: factorCredential,
  secondFactorCredential: optional(factorCredential),
  recoveryCredential: optional(recoveryCredential),
};
const newCredentials = object(newCredentialsMembers);
export type NewCredentials = ValueOf<typeof newCredentials>;

/** The body of `POST /auth/credentials` (dfns-api 19.9). */
const added = { credentialName: text(), challengeIdentifier: text() };
export const createCredentialBody = choice('credentialKind', {
  Fido2: { ...signing.Fido2, ...added },
  Key: { ...signing.Key, ...added },
  PasswordProtectedKey: { ...signing.PasswordProtectedKey, ...added },
  RecoveryKey: { ...recovery.RecoveryKey, ...added },
});

/** A new credential in the body of any endpoint. */
export type NewCredential =
  | ValueOf<typeof factorCredential>
  | ValueOf<typeof recoveryCredential>
  | ValueOf<typeof createCredentialBody>;
