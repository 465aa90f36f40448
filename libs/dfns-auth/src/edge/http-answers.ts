import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DfnsApiError, type DfnsError } from '../errors/dfns-error.js';
import { DFNS_ERRORS, type DfnsErrorCode } from '../errors/error-table.js';

/** Seconds of the window in which Dfns counts requests, used if Dfns does not say how long to wait (dfns-api 6). */
const QUOTA_WINDOW_S = 60;

const USER_STATES: DfnsErrorCode[] = ['DFNS_USER_NOT_FOUND', 'DFNS_USER_EXISTS', 'DFNS_USER_DEACTIVATED'];

/** Options for what the client gets. */
export interface HttpAnswerOptions {
  /**
   * Sends one 401 for users that are not found, exist already or are deactivated, so that clients cannot find out who
   * is a user.
   *
   * @default false
   */
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

/** The Nest exception for an error, with a `DfnsHttpAnswer` as its body. It holds no text of Dfns and no cause. */
export function toHttpException(error: DfnsError, options: HttpAnswerOptions = {}): HttpException {
  const concealed = options.concealUserState && USER_STATES.includes(error.code);
  const code = concealed ? 'DFNS_USER_UNAUTHORIZED' : error.code;
  // A newer copy of the package may have codes that this one does not have.
  const { status, clientMessage } = DFNS_ERRORS[code] ?? { status: 500, clientMessage: 'The wallet service failed.' };
  const body: DfnsHttpAnswer = {
    statusCode: status,
    error: STATUS_CODES[status] ?? 'Client Closed Request',
    message: clientMessage,
    code,
  };
  const traceable = !(options.concealUserState && code === 'DFNS_USER_UNAUTHORIZED');
  if (traceable && error instanceof DfnsApiError && error.errorId !== undefined) body.errorId = error.errorId;
  return new HttpException(body, status);
}

/** Seconds for the `Retry-After` header, or `undefined` if there is no such header. */
export function retryAfterSeconds(error: DfnsError): number | undefined {
  if (error.code !== 'DFNS_RATE_LIMITED' && error.code !== 'DFNS_UNAVAILABLE') return undefined;
  if (error.retryAfterMs !== undefined) return Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return error.code === 'DFNS_RATE_LIMITED' ? QUOTA_WINDOW_S : undefined;
}
