/** Describes one error code. */
export interface DfnsErrorEntry {
  /** HTTP status that `DfnsExceptionFilter` sends. */
  status: number;
  /** Message that `DfnsExceptionFilter` sends to the client. It never contains text of Dfns. */
  clientMessage: string;
  /** When the code occurs. */
  when: string;
  /** What the application or its operator does about it. */
  fix: string;
}

/**
 * All error codes. The codes, the exception filter and the tables in docs are made from this table. A docstring
 * repeats `when` and `fix`, so that an editor shows them; a test compares the two.
 */
export const DFNS_ERRORS = {
  /** An option is wrong at start, or a function given for a secret failed later. Fix what the message names. */
  DFNS_CONFIGURATION: {
    status: 500,
    clientMessage: 'The wallet service is not configured.',
    when: 'An option is wrong at start, or a function given for a secret failed later.',
    fix: 'Fix what the message names.',
  },
  /** Your signer threw, or took longer than one attempt may take. Look at your KMS or HSM. */
  DFNS_SIGNER_FAILED: {
    status: 502,
    clientMessage: 'The wallet service could not sign.',
    when: 'Your signer threw, or took longer than one attempt may take.',
    fix: 'Look at your KMS or HSM.',
  },
  /** Dfns does not list the configured credential. Check that `credId` is right and that the credential is active. */
  DFNS_CREDENTIAL_NOT_ALLOWED: {
    status: 502,
    clientMessage: 'The wallet service could not sign.',
    when: 'Dfns does not list the configured credential.',
    fix: 'Check that `credId` is right and that the credential is active.',
  },
  /** Dfns refuses the token or the signature of the service account. Check the token, the key and the region. */
  DFNS_SERVICE_ACCOUNT_REJECTED: {
    status: 502,
    clientMessage: 'The wallet service was not let in.',
    when: 'Dfns refuses the token or the signature of the service account.',
    fix: 'Check the token, the key and the region.',
  },
  /** The service account lacks a permission. Grant the permission that the log names. */
  DFNS_SERVICE_ACCOUNT_FORBIDDEN: {
    status: 502,
    clientMessage: 'The wallet service lacks a permission.',
    when: 'The service account lacks a permission.',
    fix: 'Grant the permission that the log names.',
  },
  /** Nobody registered under this name, or the person did not finish. Register the user. */
  DFNS_USER_NOT_FOUND: {
    status: 404,
    clientMessage: 'There is no wallet user.',
    when: 'Nobody registered under this name, or the person did not finish.',
    fix: 'Register the user.',
  },
  /** The name is taken. Log the user in instead. */
  DFNS_USER_EXISTS: {
    status: 409,
    clientMessage: 'The wallet user exists already.',
    when: 'The name is taken.',
    fix: 'Log the user in instead.',
  },
  /** The user is deactivated at Dfns. Ask the administrator of your Dfns organisation. */
  DFNS_USER_DEACTIVATED: {
    status: 403,
    clientMessage: 'The wallet user is deactivated.',
    when: 'The user is deactivated at Dfns.',
    fix: 'Ask the administrator of your Dfns organisation.',
  },
  /** Dfns refuses a user token or a temporary token. Use `caller: { username }`, which fetches a fresh token once. */
  DFNS_USER_UNAUTHORIZED: {
    status: 401,
    clientMessage: 'The wallet session has ended.',
    when: 'Dfns refuses a user token or a temporary token.',
    fix: 'Use `caller: { username }`, which fetches a fresh token once.',
  },
  /** The user may not do this. Check the permissions of the user. */
  DFNS_USER_FORBIDDEN: {
    status: 403,
    clientMessage: 'The wallet user may not do this.',
    when: 'The user may not do this.',
    fix: 'Check the permissions of the user.',
  },
  /** Dfns refuses the signature of the user, or it was for another request. Have the user sign again. */
  DFNS_USER_ACTION_REJECTED: {
    status: 403,
    clientMessage: 'The signature was not accepted.',
    when: 'Dfns refuses the signature of the user, or it was for another request.',
    fix: 'Have the user sign again.',
  },
  /** The request is not valid; often this is noticed before anything is sent. Fix the request. */
  DFNS_BAD_REQUEST: {
    status: 400,
    clientMessage: 'The wallet request is not valid.',
    when: 'The request is not valid; often this is noticed before anything is sent.',
    fix: 'Fix the request.',
  },
  /** Dfns does not have what the path names. Check the ids in the path. */
  DFNS_NOT_FOUND: {
    status: 404,
    clientMessage: 'Not found.',
    when: 'Dfns does not have what the path names.',
    fix: 'Check the ids in the path.',
  },
  /** The request contradicts an earlier one, such as an `externalId` used twice. Read what is there already. */
  DFNS_CONFLICT: {
    status: 409,
    clientMessage: 'The wallet request conflicts with an earlier one.',
    when: 'The request contradicts an earlier one, such as an `externalId` used twice.',
    fix: 'Read what is there already.',
  },
  /** Your Dfns plan does not include this. Talk to Dfns. */
  DFNS_PLAN_LIMIT: {
    status: 502,
    clientMessage: 'The wallet service has reached a limit of its plan.',
    when: 'Your Dfns plan does not include this.',
    fix: 'Talk to Dfns.',
  },
  /** Dfns accepted the request, and a policy waits for an approval. Follow the approval. */
  DFNS_POLICY_PENDING: {
    status: 202,
    clientMessage: 'The request waits for an approval.',
    when: 'Dfns accepted the request, and a policy waits for an approval.',
    fix: 'Follow the approval.',
  },
  /** The request quota of the organisation is used up. Try again after `retryAfterMs`. */
  DFNS_RATE_LIMITED: {
    status: 503,
    clientMessage: 'The wallet service is busy.',
    when: 'The request quota of the organisation is used up.',
    fix: 'Try again after `retryAfterMs`.',
  },
  /**
   * Dfns answered 5xx, the connection failed, or the circuit is open. Try again later, a write only if `mayHaveHappened`
   * is false; give `errorId` to Dfns support.
   */
  DFNS_UNAVAILABLE: {
    status: 503,
    clientMessage: 'The wallet service is unavailable.',
    when: 'Dfns answered 5xx, the connection failed, or the circuit is open.',
    fix: 'Try again later, a write only if `mayHaveHappened` is false; give `errorId` to Dfns support.',
  },
  /** One request (with `operation`) or the whole call (without) took too long. For a write, look at `mayHaveHappened`. */
  DFNS_TIMEOUT: {
    status: 504,
    clientMessage: 'The wallet service did not answer in time.',
    when: 'One request (with `operation`) or the whole call (without) took too long.',
    fix: 'For a write, look at `mayHaveHappened`.',
  },
  /** Your signal ended the call, or the application shuts down. For a write, look at `mayHaveHappened`. */
  DFNS_ABORTED: {
    status: 499,
    clientMessage: 'The request was aborted.',
    when: 'Your signal ended the call, or the application shuts down.',
    fix: 'For a write, look at `mayHaveHappened`.',
  },
  /**
   * The answer is a redirect, no JSON object, too large or compressed, lacks a member, or holds a token of somebody else.
   * Look at what stands between you and Dfns. For a write, look at `mayHaveHappened`.
   */
  DFNS_MALFORMED_RESPONSE: {
    status: 502,
    clientMessage: 'The wallet service gave an answer that cannot be used.',
    when: 'The answer is a redirect, no JSON object, too large or compressed, lacks a member, or holds a token of somebody else.',
    fix: 'Look at what stands between you and Dfns. For a write, look at `mayHaveHappened`.',
  },
  /** The ceremony is unknown, expired, used, or belongs to another user. Begin again. */
  DFNS_CEREMONY_INVALID: {
    status: 410,
    clientMessage: 'This step has expired or was already used. Start again.',
    when: 'The ceremony is unknown, expired, used, or belongs to another user.',
    fix: 'Begin again.',
  },
  /**
   * A webhook delivery has no signature by one of the secrets, is 300 seconds or more away from now, or holds no event.
   * If it came from Dfns, compare `webhooks.secrets` and the clock, and look for a proxy that changes bodies.
   */
  DFNS_WEBHOOK_REFUSED: {
    status: 401,
    clientMessage: 'The delivery was not accepted.',
    when: 'A webhook delivery has no signature by one of the secrets, is 300 seconds or more away from now, or holds no event.',
    fix: 'If it came from Dfns, compare `webhooks.secrets` and the clock, and look for a proxy that changes bodies.',
  },
} as const satisfies Record<string, DfnsErrorEntry>;

/** The reason why a call failed: a key of {@link DFNS_ERRORS}. Codes are part of the contract; messages may change. */
export type DfnsErrorCode = keyof typeof DFNS_ERRORS;

/** All codes, in the order of {@link DFNS_ERRORS}. */
export const DFNS_ERROR_CODES = Object.keys(DFNS_ERRORS) as readonly DfnsErrorCode[];
