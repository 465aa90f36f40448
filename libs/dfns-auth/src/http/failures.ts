import { DfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';
import type { TransportError } from './lean-adapter.js';

/** The kind of caller whose token a request carries. It decides what a refusal means. */
export type CallerKind = 'serviceAccount' | 'user' | 'temporary' | 'anonymous';

/**
 * The steps of a call: `init` asks for a challenge, `exchange` sends it signed, `call` is the application's request.
 */
export type Step = 'init' | 'exchange' | 'call';

/*
 * What a refusal by Dfns means, if its status alone does not say it. The text is compared exactly (dfns-api 5.3). In
 * the steps init and exchange of a service account, "the user" in a text means the service account. In the step call it
 * means the user whom the request names.
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

/** The error code for an answer of Dfns that is not a success. */
export function refusalCode(status: number, message: string, caller: CallerKind, step: Step): DfnsErrorCode {
  const key = `${status} ${message}`;
  const signing = step !== 'call';
  const byText = TEXTS[key];
  if (byText !== undefined && !(signing && caller === 'serviceAccount' && ABOUT_SIGNER.includes(byText))) return byText;
  if (caller === 'serviceAccount') {
    // In the step call, this text is about a user who never finished registration (dfns-api 21.12).
    if (key === NO_CREDENTIAL && !signing) return 'DFNS_USER_NOT_FOUND';
    if (byText !== undefined || status === 401) return 'DFNS_SERVICE_ACCOUNT_REJECTED';
    if (status === 403) return 'DFNS_SERVICE_ACCOUNT_FORBIDDEN';
  }
  // Dfns accepted the token in the step init, so it now refuses the assertion (dfns-api 21.7, 21.8).
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

/** The error for a request that got no usable answer. */
export function unansweredError(
  { failure, systemCode }: TransportError,
  operation: string,
  attemptTimeoutMs: number,
): DfnsError {
  const details = { operation };
  const code = systemCode ? ` (${systemCode})${adviceOf(systemCode)}` : '';
  switch (failure) {
    case 'timeout':
      return new DfnsError('DFNS_TIMEOUT', `${operation} was not answered within ${attemptTimeoutMs} ms`, details);
    case 'too-large':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is too large`, details);
    case 'encoded':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is compressed`, details);
    case 'no-http':
      return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} is not HTTP${code}`, details);
    case 'reset':
      return new DfnsError('DFNS_UNAVAILABLE', `the connection broke during ${operation}${code}`, details);
    default:
      return new DfnsError('DFNS_UNAVAILABLE', `no connection to Dfns for ${operation}${code}`, details);
  }
}

/** What to do about a TLS handshake that failed, by the error code of Node. */
function adviceOf(systemCode: string): string {
  if (/^(UNABLE_TO_(VERIFY|GET_ISSUER)|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED)/.test(systemCode)) {
    return ': the certificate of the server is not trusted; if it is of a private authority, give http.agent with its certificate';
  }
  if (/^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA)/.test(systemCode)) {
    return ': the server does not accept the connection without a client certificate that it knows; give http.agent with it';
  }
  return '';
}

/** Whether a request failed because of Dfns or the network. Not for the deadline of a call or an open circuit. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof DfnsError) || error.operation === undefined) return false;
  return error.code === 'DFNS_UNAVAILABLE' || error.code === 'DFNS_TIMEOUT';
}
