import { Injectable } from '@nestjs/common';
import { checked } from '../dto/checked.js';
import { RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import { type NewWalletDto, NewWalletsDto } from '../dto/registration.dto.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { CallScope } from '../http/call-scope.js';
import type { BegunRegistration } from './begun-ceremonies.js';
import { newCeremony, OpenCeremonies } from './open-ceremonies.js';
import { publicRegistrationChallenge } from './public-challenges.js';
import { type RegisteredUser, RegistrationCompletion } from './registration-completion.js';
import { RegistrationOpening } from './registration-opening.js';

/** Options of a registration. */
export interface RegistrationOptions {
  /** Your own id of the user. For correlation only. */
  externalId?: string | undefined;
  /** Created with the registration and delegated to the user. */
  wallets?: NewWalletDto[] | undefined;
}

interface Held {
  temporaryToken: string;
  wallets?: NewWalletDto[];
}

/** A person becomes a Dfns user, with credentials that the browser makes. */
@Injectable()
export class RegistrationCeremony {
  readonly #opening: RegistrationOpening;
  readonly #completion: RegistrationCompletion;
  readonly #open: OpenCeremonies;

  constructor(opening: RegistrationOpening, completion: RegistrationCompletion, open: OpenCeremonies) {
    this.#opening = opening;
    this.#completion = completion;
    this.#open = open;
  }

  async begin(username: string, options: RegistrationOptions, scope: CallScope): Promise<BegunRegistration> {
    const { externalId } = options;
    const { wallets } = checked(NewWalletsDto, { wallets: options.wallets });
    const request = { email: username, kind: 'EndUser' as const, ...(externalId !== undefined && { externalId }) };
    const ceremony = newCeremony('registration', username);
    // A store that fails says so here, before the user is created.
    await this.#open.reserve(ceremony, scope);
    try {
      const { held: challenge, expiresAt } = await this.#opening.challenge(request, scope);
      const held: Held = { temporaryToken: challenge.temporaryAuthenticationToken, wallets };
      return await this.#open.open(ceremony, { held, expiresAt }, publicRegistrationChallenge(challenge), scope);
    } catch (error) {
      void this.#open.discard(ceremony, scope);
      throw error;
    }
  }

  async finish(
    username: string,
    ceremonyId: string,
    given: RegistrationCredentialsDto,
    scope: CallScope,
  ): Promise<RegisteredUser> {
    const credentials = checked(RegistrationCredentialsDto, given);
    const key = { kind: 'registration', username, ceremonyId } as const;
    const { temporaryToken, wallets } = await this.#open.take<Held>(key, scope);
    try {
      const registered = await this.#completion.complete(username, temporaryToken, credentials, wallets, scope);
      // In the background: a challenge that stays does no harm, since Dfns accepts it once.
      void this.#opening.finished(username, scope);
      return registered;
    } catch (error) {
      if (isDfnsError(error) && error.code === 'DFNS_USER_UNAUTHORIZED') await this.#opening.refused(username, scope);
      throw error;
    }
  }
}
