import { Injectable } from '@nestjs/common';
import type { CredentialKind } from '../credentials/credential-signer.js';
import { checked } from '../dto/checked.js';
import { NewCredentialDto } from '../dto/credentials.dto.js';
import { DfnsCredentials } from '../services/dfns-credentials.js';
import { ActionCeremony } from './action-ceremony.js';
import { type Ceremony, OpenCeremonies } from './open-ceremonies.js';
import {
  type PublicCredentialChallenge,
  type PublicUserActionChallenge,
  publicCredentialChallenge,
} from './public-challenges.js';

interface Held {
  challengeIdentifier: string;
}

/** A user adds a credential. The browser makes it; then the user approves it with an existing credential. */
@Injectable()
export class CredentialCeremony {
  readonly #credentials: DfnsCredentials;
  readonly #actions: ActionCeremony;
  readonly #open: OpenCeremonies;

  constructor(credentials: DfnsCredentials, actions: ActionCeremony, open: OpenCeremonies) {
    this.#credentials = credentials;
    this.#actions = actions;
    this.#open = open;
  }

  async begin(username: string, kind: CredentialKind): Promise<Ceremony<PublicCredentialChallenge>> {
    const challenge = await this.#credentials.createChallenge(username, kind);
    const held: Held = { challengeIdentifier: challenge.challengeIdentifier };
    return this.#open.open('credential', username, held, publicCredentialChallenge(challenge));
  }

  async sign(
    username: string,
    ceremonyId: string,
    given: NewCredentialDto,
  ): Promise<Ceremony<PublicUserActionChallenge>> {
    const credential = checked(NewCredentialDto, given);
    const { challengeIdentifier } = await this.#open.take<Held>('credential', username, ceremonyId);
    const body = { ...credential, challengeIdentifier };
    return this.#actions.begin(username, { method: 'POST', path: '/auth/credentials', body });
  }
}
