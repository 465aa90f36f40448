import { Injectable } from '@nestjs/common';
import { checked } from '../dto/checked.js';
import { RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import { type NewWalletDto, NewWalletsDto } from '../dto/registration.dto.js';
import { type Ceremony, OpenCeremonies } from './open-ceremonies.js';
import { type PublicRegistrationChallenge, publicRegistrationChallenge } from './public-challenges.js';
import { type RegisteredUser, RegistrationCompletion } from './registration-completion.js';
import { RegistrationOpening } from './registration-opening.js';

/** Options of a registration. */
export interface RegistrationOptions {
  /** Your own id of the user. For correlation only. */
  externalId?: string;
  /** Created with the registration and delegated to the user. */
  wallets?: NewWalletDto[];
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

  async begin(username: string, options: RegistrationOptions): Promise<Ceremony<PublicRegistrationChallenge>> {
    const { externalId } = options;
    const { wallets } = checked(NewWalletsDto, { wallets: options.wallets });
    const request = { email: username, kind: 'EndUser' as const, ...(externalId !== undefined && { externalId }) };
    const { held: challenge, expiresAt } = await this.#opening.challenge(request);
    const held: Held = { temporaryToken: challenge.temporaryAuthenticationToken, wallets };
    return this.#open.open('registration', username, held, publicRegistrationChallenge(challenge), expiresAt);
  }

  async finish(username: string, ceremonyId: string, given: RegistrationCredentialsDto): Promise<RegisteredUser> {
    const credentials = checked(RegistrationCredentialsDto, given);
    const { temporaryToken, wallets } = await this.#open.take<Held>('registration', username, ceremonyId);
    const registered = await this.#completion.complete(username, temporaryToken, credentials, wallets);
    await this.#opening.finished(username);
    return registered;
  }
}
