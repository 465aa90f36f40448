/**
 * Why something failed in the browser:
 *
 * - `PASSKEY_CANCELLED`: the person cancelled, did not answer in time, or has no passkey of this account on this device.
 *   Browsers do not tell which. Let the person try again.
 * - `PASSKEY_UNSUPPORTED`: this browser or device has no passkeys, or the page is not loaded over https. Offer another
 *   device.
 * - `PASSKEY_RELYING_PARTY`: the relying party does not fit the address of the page. Fix the option `rp`, or the relying
 *   party at Dfns.
 * - `PASSKEY_EXISTS`: this device has a passkey of this account already. Use it.
 * - `PASSKEY_MISSING`: this account has no passkey, so it cannot sign in a browser. Nobody was asked.
 * - `RECOVERY_CODE_WRONG`: the code does not open the recovery key. Nothing was sent, so the person may try again.
 * - `RECOVERY_KEY_MISSING`: Dfns keeps no recovery key that a code opens.
 */
export type DfnsBrowserErrorCode =
  | 'PASSKEY_CANCELLED'
  | 'PASSKEY_UNSUPPORTED'
  | 'PASSKEY_RELYING_PARTY'
  | 'PASSKEY_EXISTS'
  | 'PASSKEY_MISSING'
  | 'RECOVERY_CODE_WRONG'
  | 'RECOVERY_KEY_MISSING';

/** A failure in the browser. The code is part of the contract. The message is for developers and may change. */
export class DfnsBrowserError extends Error {
  readonly code: DfnsBrowserErrorCode;
  /** What the browser threw, if it threw. */
  readonly cause?: unknown;

  constructor(code: DfnsBrowserErrorCode, message: string, cause?: unknown) {
    super(message);
    this.name = 'DfnsBrowserError';
    this.code = code;
    this.cause = cause;
  }
}

/** The codes for the errors of WebAuthn, by their names. */
const CODES: Record<string, DfnsBrowserErrorCode> = {
  NotAllowedError: 'PASSKEY_CANCELLED',
  AbortError: 'PASSKEY_CANCELLED',
  SecurityError: 'PASSKEY_RELYING_PARTY',
  InvalidStateError: 'PASSKEY_EXISTS',
  NotSupportedError: 'PASSKEY_UNSUPPORTED',
  ConstraintError: 'PASSKEY_UNSUPPORTED',
};

/** The error of ours for an error of the browser. An error that WebAuthn does not name is returned as it is. */
export function browserError(error: unknown): unknown {
  const { name, message } = error as Error;
  const code = CODES[name];
  return code ? new DfnsBrowserError(code, `${name}: ${message}`, error) : error;
}

/** Browsers offer passkeys and cryptography only to pages that were loaded over https, and to localhost. */
export function assertSupported(): void {
  if (globalThis.PublicKeyCredential && globalThis.crypto?.subtle) return;
  throw new DfnsBrowserError('PASSKEY_UNSUPPORTED', 'no WebAuthn here: is this page loaded over https?');
}
