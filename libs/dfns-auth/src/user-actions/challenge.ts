import { isJsonObject } from '../client/json.js';
import type { UserActionChallenge } from '../credentials/credential-signer.js';
import { DfnsError } from '../errors/dfns.error.js';

/** The challenge in an answer to `POST /auth/action/init`, every member checked that anything of ours relies on. */
export function readChallenge(answer: unknown, operation: string): UserActionChallenge {
  const allowed = isJsonObject(answer) && isJsonObject(answer['allowCredentials']) ? answer['allowCredentials'] : {};
  if (
    !isJsonObject(answer) ||
    !isText(answer['challenge']) ||
    !isText(answer['challengeIdentifier']) ||
    !isDescriptors(allowed['key']) ||
    !isDescriptors(allowed['webauthn'] ?? [])
  ) {
    throw malformed(operation, 'a challenge');
  }
  return answer as unknown as UserActionChallenge;
}

/** The one-time value in an answer to `POST /auth/action`; fit to be sent as a header. */
export function readUserAction(answer: unknown, operation: string): string {
  const userAction = isJsonObject(answer) ? answer['userAction'] : undefined;
  if (typeof userAction !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(userAction)) {
    throw malformed(operation, 'a user action');
  }
  return userAction;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isDescriptors(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isJsonObject(item) && isText(item['id']));
}

function malformed(operation: string, what: string): DfnsError {
  return new DfnsError('DFNS_MALFORMED_RESPONSE', `the answer to ${operation} holds no ${what.replace(/^an? /, '')}`, {
    operation,
  });
}
