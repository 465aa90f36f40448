import type { RegistrationChallenge } from './registration-challenge.js';

/** Answer of a delegated recovery (spec 14). */
export interface RecoveryChallenge extends RegistrationChallenge {
  /** Recovery keys that may sign, with what the device needs to open them; empty where Dfns keeps nothing. */
  allowedRecoveryCredentials: { id: string; encryptedRecoveryKey: string }[];
}
