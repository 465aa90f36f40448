import { HttpException } from '@nestjs/common';

/** An error with a status and a message. The filter sends it as the error envelope of dfns-api 5.1. */
export class Refusal extends HttpException {
  constructor(
    status: number,
    message: string,
    readonly details?: object,
  ) {
    super(message, status);
  }
}

// These messages are exactly those of dfns-api 5.3.

export const notAuthorized = () => new Refusal(401, 'Not Authorized.');
export const forbidden = (kind: string, userId: string, operation: string) =>
  new Refusal(403, `${kind} ${userId} is not authorized to perform operation (${operation})`);
export const userActionInvalid = () => new Refusal(403, 'user action signature is missing or invalid');
export const userActionSpent = () => new Refusal(400, 'user action has already been used');
export const challengeInvalid = () => new Refusal(400, 'Challenge token is not valid.');
export const noUsableCredential = () =>
  new Refusal(401, 'User does not have a credential that can be used for the application.');
export const notRecoveryFactor = () => new Refusal(401, 'Credential cannot be used as a recovery factor.');
export const userNotFound = () => new Refusal(401, 'User not found');
export const userExists = () => new Refusal(401, 'User already exists.');
export const userDeactivated = () => new Refusal(400, 'User account has been deactivated.');
export const nonceInvalid = () => new Refusal(400, 'request nonce is missing or invalid');
export const nonceSpent = () => new Refusal(400, 'request nonce has already been used');
export const notFound = (thing: string, details: object) => new Refusal(404, `${thing} not found`, details);
/** @param id missing if the caller may not know what the other request was */
export const externalIdConflict = (thing: string, externalId: string, id?: string) =>
  new Refusal(409, `Conflicting ${thing} with same externalId`, { duplicate: { id, externalId } });

// Dfns does not document these messages (dfns-api 21).

export const tooManyRequests = () => new Refusal(429, 'Too Many Requests');
export const assertionRefused = (reason: unknown) => new Refusal(401, `Credential assertion was refused: ${reason}`);
export const attestationRefused = (reason: unknown) => new Refusal(401, `New credential was refused: ${reason}`);
export const credentialExists = (credId: string) => new Refusal(409, 'Credential already exists.', { credId });
export const userArchived = () => new Refusal(422, 'User has been archived.');
export const decidedAlready = () => new Refusal(409, 'This user has already decided about the approval.');
export const notDelegable = (reason: string) => new Refusal(412, `The key ${reason}.`);
/** A change that the present state of a thing does not allow. */
export const wrongState = (reason: string) => new Refusal(422, reason);
export const notInSandbox = (what: string) => new Refusal(402, `${what} is not part of the sandbox`);
export const bodyInvalid = (problems: string[]) =>
  new Refusal(400, `Request is not valid: ${problems.join('; ')}`, { errors: problems });
