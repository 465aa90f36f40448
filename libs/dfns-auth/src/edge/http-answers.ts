import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { aText, oneOf, optional, Schema } from '../dto/schema.js';
import { DfnsApiError, type DfnsError } from '../errors/dfns-error.js';
import { DFNS_ERROR_CODES, DFNS_ERRORS, type DfnsErrorCode } from '../errors/error-table.js';

/** Seconds of the window in which Dfns counts requests, used if Dfns does not say how long to wait (dfns-api 6). */
const QUOTA_WINDOW_S = 60;

/** Codes that tell the state of a user, whoever throws them. */
const USER_STATES: DfnsErrorCode[] = ['DFNS_USER_NOT_FOUND', 'DFNS_USER_EXISTS', 'DFNS_USER_DEACTIVATED'];
/** The calls of the service account that name a user. What Dfns refuses there may depend on the state of the user. */
const CALLS_THAT_NAME_A_USER = [
  'POST /auth/login/delegated',
  'POST /auth/registration/delegated',
  'POST /auth/registration/delegated/restart',
  'POST /auth/recover/user/delegated',
];
/** Codes that tell the state of a user if Dfns refuses one of these calls. */
const REFUSALS: DfnsErrorCode[] = ['DFNS_BAD_REQUEST', 'DFNS_NOT_FOUND'];

/** Options for what the client gets. */
export interface HttpAnswerOptions {
  /**
   * Sends one and the same 401 whenever Dfns refuses the login, registration or recovery of a user: for users that are
   * not found, did not finish their registration, exist already or are deactivated, and for a wrong recovery key. So
   * clients cannot find out who is a user.
   *
   * @default false
   */
  concealUserState?: boolean | undefined;
}

/** The body that a client gets. */
export class DfnsHttpAnswer {
  @Schema({ type: 'integer', example: 503 })
  statusCode!: number;

  @Schema(aText('Service Unavailable'))
  error!: string;

  @Schema(aText('The wallet service is unavailable.'))
  message!: string;

  @Schema({ ...oneOf(...DFNS_ERROR_CODES), example: 'DFNS_UNAVAILABLE' })
  code!: DfnsErrorCode;

  /** The id that Dfns gave to the error. Give it to the support of Dfns. */
  @Schema(optional(aText('er-2m3n4')))
  errorId?: string;
}

/** The Nest exception for an error, with a `DfnsHttpAnswer` as its body. It holds no text of Dfns and no cause. */
export function toHttpException(error: DfnsError, options: HttpAnswerOptions = {}): HttpException {
  const code = options.concealUserState && tellsUserState(error) ? 'DFNS_USER_UNAUTHORIZED' : error.code;
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

function tellsUserState(error: DfnsError): boolean {
  if (USER_STATES.includes(error.code)) return true;
  if (!(error instanceof DfnsApiError) || !CALLS_THAT_NAME_A_USER.includes(error.operation)) return false;
  return REFUSALS.includes(error.code);
}

/** Seconds for the `Retry-After` header, or `undefined` if there is no such header. */
export function retryAfterSeconds(error: DfnsError): number | undefined {
  if (error.code !== 'DFNS_RATE_LIMITED' && error.code !== 'DFNS_UNAVAILABLE') return undefined;
  if (error.retryAfterMs !== undefined) return Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return error.code === 'DFNS_RATE_LIMITED' ? QUOTA_WINDOW_S : undefined;
}
