import { Injectable } from '@nestjs/common';
import type { DelegatedRegistrationDto } from '../dto/registration.dto.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';
import type { RegistrationChallenge } from '../services/creation-challenges.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import { DfnsUsers } from '../services/dfns-users.js';
import { CeremonyRows, type Row } from './ceremony-rows.js';
import { OpenCeremonies } from './open-ceremonies.js';

/**
 * Gets the challenge of a registration, also for a person who began one and did not finish it, for example because they
 * closed the page. Such a registration is restarted. If Dfns cannot restart it (dfns-api 20.4), the earlier challenge
 * is used again until it expires. Dfns accepts a challenge once.
 */
@Injectable()
export class RegistrationOpening {
  readonly #auth: DelegatedAuthService;
  readonly #users: DfnsUsers;
  readonly #open: OpenCeremonies;
  readonly #rows: CeremonyRows;

  constructor(auth: DelegatedAuthService, users: DfnsUsers, open: OpenCeremonies, rows: CeremonyRows) {
    this.#auth = auth;
    this.#users = users;
    this.#open = open;
    this.#rows = rows;
  }

  /** The challenge, and when it expires. */
  async challenge(request: DelegatedRegistrationDto): Promise<Row<RegistrationChallenge>> {
    const row = await this.#begin(request);
    await this.#rows.put(unfinished(request.email), row);
    return row;
  }

  /** Removes the kept challenge of a registration that is complete. */
  async finished(username: string): Promise<void> {
    // A row that stays does no harm: Dfns does not accept its challenge again.
    await this.#rows.take(unfinished(username)).catch(() => undefined);
  }

  async #begin(request: DelegatedRegistrationDto): Promise<Row<RegistrationChallenge>> {
    const expiresAt = this.#open.endOfNew();
    try {
      return { held: await this.#auth.createRegistrationChallenge(request), expiresAt };
    } catch (error) {
      if (!is(error, 'DFNS_USER_EXISTS')) throw error;
      const user = await this.#users.findByUsername(request.email);
      if (user === undefined || user.isRegistered) throw error;
    }
    try {
      return { held: await this.#auth.restartRegistration(request), expiresAt };
    } catch (error) {
      const kept =
        is(error, 'DFNS_NOT_FOUND') && (await this.#rows.take<RegistrationChallenge>(unfinished(request.email)));
      if (kept) return kept;
      throw error;
    }
  }
}

const unfinished = (username: string) => ['unfinished registration', username];

const is = (error: unknown, code: DfnsErrorCode) => isDfnsError(error) && error.code === code;
