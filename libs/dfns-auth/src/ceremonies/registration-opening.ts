import { Injectable } from '@nestjs/common';
import type { DelegatedRegistrationDto } from '../dto/registration.dto.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';
import type { CallScope } from '../http/call-scope.js';
import type { RegistrationChallenge } from '../services/creation-challenges.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import { CeremonyRows, type Row, type RowKey } from './ceremony-rows.js';
import { OpenCeremonies } from './open-ceremonies.js';

/** The challenge of a registration that is not finished. */
interface Unfinished {
  challenge: RegistrationChallenge;
  /** Dfns refused an answer to the challenge. Perhaps it does not accept another one. */
  wasRefused?: boolean;
}

/**
 * Gets the challenge of a registration, also for a person who began one and did not finish it, for example because they
 * closed the page. The challenge is kept until it expires, and is given again: Dfns accepts it once, and it is not known
 * whether Dfns can restart a registration (dfns-api 20.4). Without a kept challenge, the registration is restarted.
 */
@Injectable()
export class RegistrationOpening {
  readonly #auth: DelegatedAuthService;
  readonly #open: OpenCeremonies;
  readonly #rows: CeremonyRows;

  constructor(auth: DelegatedAuthService, open: OpenCeremonies, rows: CeremonyRows) {
    this.#auth = auth;
    this.#open = open;
    this.#rows = rows;
  }

  /** The challenge, and when it expires. */
  async challenge(request: DelegatedRegistrationDto, scope: CallScope): Promise<Row<RegistrationChallenge>> {
    const username = request.email;
    let challenge: RegistrationChallenge;
    try {
      challenge = await this.#auth.createRegistrationChallenge(request, scope);
    } catch (error) {
      if (!is(error, 'DFNS_USER_EXISTS') || (await this.#isFinished(username, scope))) throw error;
      return this.#again(request, scope);
    }
    return this.#keep(username, challenge, scope);
  }

  /** Removes the kept challenge of a registration that is complete. Failures of the store are ignored. */
  async finished(username: string, scope: CallScope): Promise<void> {
    await this.#rows.take(unfinished(username), scope).catch(() => undefined);
  }

  /** Dfns refused an answer: from now on, a restart is tried before the challenge is given again. */
  async refused(username: string, scope: CallScope): Promise<void> {
    await this.#kept(username, scope, { wasRefused: true }).catch(() => undefined);
  }

  /** Whether the user has finished the registration. A login tells it, however large the directory is. */
  async #isFinished(username: string, scope: CallScope): Promise<boolean> {
    try {
      await this.#auth.login({ username }, scope);
      return true;
    } catch (error) {
      if (is(error, 'DFNS_USER_NOT_FOUND')) return false;
      // The name is of a deactivated user, or of somebody who is no end user (dfns-api 21.13).
      if (is(error, 'DFNS_USER_DEACTIVATED', 'DFNS_SERVICE_ACCOUNT_FORBIDDEN')) return true;
      throw error;
    }
  }

  async #again(request: DelegatedRegistrationDto, scope: CallScope): Promise<Row<RegistrationChallenge>> {
    const username = request.email;
    const kept = await this.#kept(username, scope);
    const row = kept && { held: kept.held.challenge, expiresAt: kept.expiresAt };
    if (row && !kept.held.wasRefused) return row;
    let challenge: RegistrationChallenge;
    try {
      challenge = await this.#auth.restartRegistration(request, scope);
    } catch (error) {
      if (row && is(error, 'DFNS_NOT_FOUND')) return row;
      throw error;
    }
    return this.#keep(username, challenge, scope);
  }

  async #keep(
    username: string,
    challenge: RegistrationChallenge,
    scope: CallScope,
  ): Promise<Row<RegistrationChallenge>> {
    const expiresAt = this.#open.endOfNew(challenge.temporaryAuthenticationToken);
    await this.#rows.put<Unfinished>(unfinished(username), { held: { challenge }, expiresAt }, scope);
    return { held: challenge, expiresAt };
  }

  /** The kept challenge. It stays in the store, with `change`. */
  async #kept(
    username: string,
    scope: CallScope,
    change: Partial<Unfinished> = {},
  ): Promise<Row<Unfinished> | undefined> {
    const row = await this.#rows.take<Unfinished>(unfinished(username), scope);
    if (row) await this.#rows.put(unfinished(username), { ...row, held: { ...row.held, ...change } }, scope);
    return row;
  }
}

const unfinished = (username: string): RowKey => ({ kind: 'unfinished registration', username });

const is = (error: unknown, ...codes: DfnsErrorCode[]) => isDfnsError(error) && codes.includes(error.code);
