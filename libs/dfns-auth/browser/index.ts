/**
 * The half for browsers.
 *
 * @module nestjs-dfns-auth/browser
 */

import type { PublicRecoveryChallenge, PublicRegistrationChallenge } from '#library/ceremonies/public-challenges.js';
import type { RecoverUserDto } from '#library/dto/recovery.dto.js';
import { createPasskey, type NewPasskey, type NewPasskeyOptions } from './passkeys.js';
import { createRecoveryKey, type NewRecoveryKey, openRecoveryKey, signRecovery } from './recovery-keys.js';

export { DfnsBrowserError, type DfnsBrowserErrorCode } from './errors.js';
export {
  createPasskey,
  type NewPasskey,
  type NewPasskeyOptions,
  type PasskeyChallenge,
  type RelyingPartyOptions,
  type SignedAction,
  signAction,
} from './passkeys.js';
export {
  createRecoveryKey,
  type NewRecoveryKey,
  newRecoveryCode,
  type OpenRecoveryKey,
  openRecoveryKey,
} from './recovery-keys.js';

/** The first credentials of a person: the body for a `RegistrationCredentialsDto`. */
export interface NewCredentials {
  firstFactorCredential: NewPasskey;
  recoveryCredential: NewRecoveryKey;
}

/**
 * Makes a passkey, and a recovery key that `recoveryCode` opens. Show the person the code first: nobody else knows it.
 *
 * @throws DfnsBrowserError
 */
export async function createCredentials(
  challenge: PublicRegistrationChallenge,
  recoveryCode: string,
  options?: NewPasskeyOptions,
): Promise<NewCredentials> {
  const firstFactorCredential = await createPasskey(challenge, options);
  return { firstFactorCredential, recoveryCredential: await createRecoveryKey(challenge, recoveryCode) };
}

/** The code that the person has, and the code that replaces it. */
export interface RecoveryCodes {
  recoveryCode: string;
  newRecoveryCode: string;
}

/**
 * Replaces all credentials of a person who lost the device: makes a new passkey and a new recovery key, and approves
 * them with the old recovery key. If the old code is wrong, no passkey is made.
 *
 * @throws DfnsBrowserError
 */
export async function recover(
  challenge: PublicRecoveryChallenge,
  codes: RecoveryCodes,
  options?: NewPasskeyOptions,
): Promise<RecoverUserDto> {
  const recoveryKey = await openRecoveryKey(challenge, codes.recoveryCode);
  return signRecovery(recoveryKey, await createCredentials(challenge, codes.newRecoveryCode, options));
}
