import type { DfnsErrorCode } from '../errors/dfns-error-code.js';
import type { Caller, Step } from './caller.js';

/*
 * What a refusal by Dfns means. Texts decide only where the status cannot, and are compared exactly (spec 7.3). A text
 * about "the user" is about the service account while the service account is signing, and about the user of the
 * request in the call itself.
 */
const TEXTS: Record<string, DfnsErrorCode> = {
  '400 User account has been deactivated.': 'DFNS_USER_DEACTIVATED',
  '400 Challenge token is not valid.': 'DFNS_USER_ACTION_REJECTED',
  '400 user action has already been used': 'DFNS_USER_ACTION_REJECTED',
  '401 User not found': 'DFNS_USER_NOT_FOUND',
  '401 User already exists.': 'DFNS_USER_EXISTS',
  '401 Credential cannot be used as a recovery factor.': 'DFNS_BAD_REQUEST',
  '403 user action signature is missing or invalid': 'DFNS_USER_ACTION_REJECTED',
};

const NO_CREDENTIAL = '401 User does not have a credential that can be used for the application.';
const NO_TOKEN = ['401 Not Authorized.', '401 user token is missing or invalid'];
const ABOUT_SIGNER = ['DFNS_USER_DEACTIVATED', 'DFNS_USER_NOT_FOUND', 'DFNS_USER_EXISTS', 'DFNS_BAD_REQUEST'];

/** The code for an answer of Dfns that is no success. */
export function refusalCode(status: number, message: string, caller: Caller, step: Step): DfnsErrorCode {
  const key = `${status} ${message}`;
  const signing = step !== 'call';
  const byText = TEXTS[key];
  if (byText !== undefined && !(signing && caller === 'serviceAccount' && ABOUT_SIGNER.includes(byText))) return byText;
  if (caller === 'serviceAccount') {
    // In the call itself this text is about a user who never finished registration (spec 17, row 13).
    if (key === NO_CREDENTIAL && !signing) return 'DFNS_USER_NOT_FOUND';
    if (byText !== undefined || status === 401) return 'DFNS_SERVICE_ACCOUNT_REJECTED';
    if (status === 403) return 'DFNS_SERVICE_ACCOUNT_FORBIDDEN';
  }
  // The token was good enough for a challenge, so what is refused is the assertion (spec 17, rows 7 and 8).
  if (status === 401 && (key === NO_CREDENTIAL || (step === 'exchange' && !NO_TOKEN.includes(key)))) {
    return 'DFNS_USER_ACTION_REJECTED';
  }
  if (status === 401) return 'DFNS_USER_UNAUTHORIZED';
  if (status === 403) return 'DFNS_USER_FORBIDDEN';
  return codeOfStatus(status);
}

function codeOfStatus(status: number): DfnsErrorCode {
  switch (status) {
    case 202:
      return 'DFNS_POLICY_PENDING';
    case 402:
      return 'DFNS_PLAN_LIMIT';
    case 404:
      return 'DFNS_NOT_FOUND';
    case 409:
      return 'DFNS_CONFLICT';
    case 429:
      return 'DFNS_RATE_LIMITED';
  }
  if (status >= 500) return 'DFNS_UNAVAILABLE';
  return status >= 400 ? 'DFNS_BAD_REQUEST' : 'DFNS_MALFORMED_RESPONSE';
}
