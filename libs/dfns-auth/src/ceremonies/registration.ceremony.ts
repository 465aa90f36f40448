import { Injectable } from '@nestjs/common';
import { checked } from '../delegated-auth/checked.js';
import { DelegatedAuthService } from '../delegated-auth/delegated-auth.service.js';
import { DfnsUsers } from '../delegated-auth/dfns-users.js';
import type { DelegatedRegistrationDto } from '../delegated-auth/dto/delegated-registration.dto.js';
import type { NewWalletDto } from '../delegated-auth/dto/new-wallet.dto.js';
import { NewWalletsDto } from '../delegated-auth/dto/new-wallets.dto.js';
import { RegistrationCredentialsDto } from '../delegated-auth/dto/registration-credentials.dto.js';
import type { RegistrationChallenge } from '../delegated-auth/registration-challenge.js';
import { isDfnsError } from '../errors/dfns.error.js';
import type { Ceremony } from './ceremony.js';
import { OpenCeremonies } from './open-ceremonies.js';
import { type PublicRegistrationChallenge, publicRegistrationChallenge } from './public-creation-challenges.js';
import type { RegisteredUser } from './registered-user.js';
import { RegistrationCompletion } from './registration-completion.js';

/** What comes with a registration. */
export interface RegistrationOptions {
  /** For correlation only. */
  externalId?: string;
  /** Made with the registration, and the user's own. */
  wallets?: NewWalletDto[];
}

interface Held {
  temporaryToken: string;
  wallets?: NewWalletDto[];
}

/** A person becomes a Dfns user, with credentials that their browser makes. */
@Injectable()
export class RegistrationCeremony {
  readonly #auth: DelegatedAuthService;
  readonly #users: DfnsUsers;
  readonly #open: OpenCeremonies;
  readonly #completion: RegistrationCompletion;

  constructor(auth: DelegatedAuthService, users: DfnsUsers, open: OpenCeremonies, completion: RegistrationCompletion) {
    this.#auth = auth;
    this.#users = users;
    this.#open = open;
    this.#completion = completion;
  }

  async begin(username: string, options: RegistrationOptions): Promise<Ceremony<PublicRegistrationChallenge>> {
    const { externalId } = options;
    const { wallets } = checked(NewWalletsDto, { wallets: options.wallets });
    const request = { email: username, kind: 'EndUser' as const, ...(externalId !== undefined && { externalId }) };
    const challenge = await this.#challenge(request);
    const held: Held = { temporaryToken: challenge.temporaryAuthenticationToken, wallets };
    return this.#open.open('registration', username, held, publicRegistrationChallenge(challenge));
  }

  async finish(username: string, ceremonyId: string, given: RegistrationCredentialsDto): Promise<RegisteredUser> {
    const credentials = checked(RegistrationCredentialsDto, given);
    const { temporaryToken, wallets } = await this.#open.take<Held>('registration', username, ceremonyId);
    return this.#completion.complete(username, temporaryToken, credentials, wallets);
  }

  /** The challenge of a new registration, or of one that was begun and not finished. */
  async #challenge(request: DelegatedRegistrationDto): Promise<RegistrationChallenge> {
    try {
      return await this.#auth.createRegistrationChallenge(request);
    } catch (error) {
      if (!isDfnsError(error) || error.code !== 'DFNS_USER_EXISTS') throw error;
      const user = await this.#users.findByUsername(request.email);
      if (user === undefined || user.isRegistered) throw error;
      return this.#auth.restartRegistration(request);
    }
  }
}
