import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { DfnsError } from '../errors/dfns.error.js';
import { DfnsApiError } from '../errors/dfns-api.error.js';
import type { DfnsErrorCode } from '../errors/dfns-error-code.js';

/** Seconds until a Dfns quota is counted anew, where Dfns does not say (spec 6). */
const QUOTA_WINDOW_S = 60;

/** HTTP status and words for each code. The words are ours: nothing of Dfns reaches a client. */
const ANSWERS: Record<DfnsErrorCode, [status: number, message: string]> = {
  DFNS_CONFIGURATION: [500, 'The wallet service is not configured.'],
  DFNS_SIGNER_FAILED: [502, 'The wallet service could not sign.'],
  DFNS_CREDENTIAL_NOT_ALLOWED: [502, 'The wallet service could not sign.'],
  DFNS_SERVICE_ACCOUNT_REJECTED: [502, 'The wallet service was not let in.'],
  DFNS_SERVICE_ACCOUNT_FORBIDDEN: [502, 'The wallet service lacks a permission.'],
  DFNS_USER_NOT_FOUND: [404, 'There is no wallet user.'],
  DFNS_USER_EXISTS: [409, 'The wallet user exists already.'],
  DFNS_USER_DEACTIVATED: [403, 'The wallet user is deactivated.'],
  DFNS_USER_UNAUTHORIZED: [401, 'The wallet session has ended.'],
  DFNS_USER_FORBIDDEN: [403, 'The wallet user may not do this.'],
  DFNS_USER_ACTION_REJECTED: [403, 'The signature was not accepted.'],
  DFNS_BAD_REQUEST: [400, 'The wallet request is not valid.'],
  DFNS_NOT_FOUND: [404, 'Not found.'],
  DFNS_CONFLICT: [409, 'The wallet request conflicts with an earlier one.'],
  DFNS_PLAN_LIMIT: [502, 'The wallet service has reached a limit of its plan.'],
  DFNS_POLICY_PENDING: [202, 'The request waits for an approval.'],
  DFNS_RATE_LIMITED: [503, 'The wallet service is busy.'],
  DFNS_UNAVAILABLE: [503, 'The wallet service is unavailable.'],
  DFNS_TIMEOUT: [504, 'The wallet service did not answer in time.'],
  DFNS_ABORTED: [499, 'The request was aborted.'],
  DFNS_MALFORMED_RESPONSE: [502, 'The wallet service gave an answer that cannot be used.'],
  DFNS_CEREMONY_INVALID: [410, 'The ceremony is over: begin again.'],
};

const USER_STATES: DfnsErrorCode[] = ['DFNS_USER_NOT_FOUND', 'DFNS_USER_EXISTS', 'DFNS_USER_DEACTIVATED'];

/** Options of the answers to clients. */
export interface HttpAnswerOptions {
  /** Answer not found, exists and deactivated alike, with one 401, so that nobody learns who is a user. @default false */
  concealUserState?: boolean;
}

/** The body that a client gets. */
export interface DfnsHttpAnswer {
  statusCode: number;
  error: string;
  message: string;
  code: DfnsErrorCode;
  errorId?: string;
}

/** The Nest exception for an error: status and body of `DfnsHttpAnswer`, nothing of Dfns's words, no cause. */
export function toHttpException(error: DfnsError, options: HttpAnswerOptions = {}): HttpException {
  const concealed = options.concealUserState && USER_STATES.includes(error.code);
  const code = concealed ? 'DFNS_USER_UNAUTHORIZED' : error.code;
  // A newer copy of the package may know codes that this one does not.
  const [statusCode, message] = ANSWERS[code] ?? [500, 'The wallet service failed.'];
  const body: DfnsHttpAnswer = {
    statusCode,
    error: STATUS_CODES[statusCode] ?? 'Client Closed Request',
    message,
    code,
  };
  const traceable = !(options.concealUserState && code === 'DFNS_USER_UNAUTHORIZED');
  if (traceable && error instanceof DfnsApiError && error.errorId !== undefined) body.errorId = error.errorId;
  return new HttpException(body, statusCode);
}

/** Seconds for a `Retry-After` header, where one belongs on the answer. */
export function retryAfterSeconds(error: DfnsError): number | undefined {
  if (error.code !== 'DFNS_RATE_LIMITED' && error.code !== 'DFNS_UNAVAILABLE') return undefined;
  if (error.retryAfterMs !== undefined) return Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return error.code === 'DFNS_RATE_LIMITED' ? QUOTA_WINDOW_S : undefined;
}
