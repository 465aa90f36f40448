import type { Identity } from '../config/identity.js';
import type { AccountPart, ServiceAccount } from '../config/service-account.js';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import type { CallScope } from '../http/call-scope.js';

/** The steps in which Dfns looks at the credential of the service account (dfns-api 7.1). */
const INIT = 'POST /auth/action/init';
const EXCHANGE = 'POST /auth/action';

/**
 * The service account in one call. If Dfns refuses it, and the options give something else by then, the call has one
 * attempt more.
 */
export class AccountUse {
  readonly #account: ServiceAccount;
  #identity: Identity;
  #isRenewed = false;

  constructor(account: ServiceAccount) {
    this.#account = account;
    this.#identity = account.use();
  }

  /** The identity in all steps of the attempt, because one bearer makes them all (dfns-api 7.9). */
  get identity(): Identity {
    return this.#identity;
  }

  /** Begins an attempt. @returns whether it has another identity than the attempt before */
  begin(): boolean {
    const before = this.#identity;
    this.#identity = this.#account.use();
    return this.#identity !== before;
  }

  /** Dfns accepted the token in a step of the attempt, or the credential in the step exchange. */
  noteAccepted(part: AccountPart): void {
    this.#account.noteAccepted(this.#identity, part);
  }

  /**
   * Whether a failed attempt is worth another one at once, because the service account has changed: once in a call.
   *
   * @throws DfnsError `DFNS_CONFIGURATION` if a function given for a secret fails; the error of `scope` when that ends
   */
  readonly isWorthAnother = async (error: unknown, scope: CallScope): Promise<boolean> => {
    const part = refusedPart(error);
    if (part === undefined) return false;
    this.#account.noteRefused(this.#identity, part, (error as DfnsError).message);
    if (this.#isRenewed) return false;
    const { isNew, problem } = await scope.race(this.#account.renew(this.#identity, part));
    this.#isRenewed = isNew;
    if (problem === undefined) return isNew;
    this.#account.noteRefused(this.#identity, part, problem);
    throw new DfnsError('DFNS_CONFIGURATION', problem, { mayHaveHappened: scope.mayHaveHappened });
  };
}

/** What of the service account a failure blames. A missing permission in the step call blames nothing. */
function refusedPart(error: unknown): AccountPart | undefined {
  if (!isDfnsError(error)) return undefined;
  switch (error.code) {
    case 'DFNS_CREDENTIAL_NOT_ALLOWED':
      return 'credential';
    case 'DFNS_SERVICE_ACCOUNT_REJECTED':
      return error.operation === EXCHANGE ? 'credential' : 'token';
    case 'DFNS_SERVICE_ACCOUNT_FORBIDDEN':
      if (error.operation === EXCHANGE) return 'credential';
      return error.operation === INIT ? 'token' : undefined;
    default:
      return undefined;
  }
}
