import { randomUUID } from 'node:crypto';
import type { RoutedAction } from '../calls/routes.js';
import { DfnsError } from '../errors/dfns-error.js';
import type { UserAction } from '../http/request-text.js';

/** A request that a user signs in a browser. */
export interface CeremonyAction extends UserAction {
  /**
   * For transfers and transactions: the id of the operation in your application, such as the id of an order, with 1 to 50
   * characters. It is put into the body. If an answer is lost, begin the same action again with the same `externalId`:
   * Dfns makes nothing twice, and answers what it made the first time (dfns-api 16.4). `true` makes a random one.
   */
  externalId?: string | true | undefined;
}

/** The calls whose `externalId` makes a repetition harmless. For others, such as `POST /wallets`, it only correlates. */
const IDEMPOTENT = /^\/wallets\/[^/?]+\/(transfers|transactions)$/;
const MAX_LENGTH = 50;

/**
 * Puts the `externalId` into the body of the action, which is signed and kept with the ceremony.
 *
 * @throws DfnsError `DFNS_BAD_REQUEST` for an `externalId` of a wrong form, or for a request that does not take it
 */
export function withExternalId({ externalId: given, ...action }: CeremonyAction & RoutedAction): {
  action: RoutedAction;
  externalId?: string;
} {
  if (given === undefined) return { action };
  const externalId = given === true ? randomUUID() : given;
  const { method, path, body } = action;
  if (typeof externalId !== 'string' || externalId.length < 1 || externalId.length > MAX_LENGTH) {
    throw refused(`the externalId is no text of 1 to ${MAX_LENGTH} characters`);
  }
  if (method !== 'POST' || !IDEMPOTENT.test(path)) {
    throw refused('Dfns recognises a repetition by its externalId only for new transfers and transactions');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refused('give the body as an object, so that the externalId can be put into it');
  }
  const own = (body as { externalId?: unknown }).externalId;
  if (own !== undefined && own !== externalId) throw refused('the body has another externalId');
  return { action: { ...action, body: { ...body, externalId } }, externalId };
}

const refused = (message: string) => new DfnsError('DFNS_BAD_REQUEST', message);
