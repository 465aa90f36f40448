import type { RegistrationResult } from '../delegated-auth/registration-result.js';
import type { Wallet } from '../delegated-auth/wallet.js';

/** A registration that is complete; fit for the browser. */
export interface RegisteredUser extends RegistrationResult {
  /** Where the registration came with wallets. */
  wallets?: Wallet[];
}
