import { Injectable } from '@nestjs/common';
import type { CredentialKind } from '../credentials/credential-signer.js';
import { checked } from '../delegated-auth/checked.js';
import { DelegatedAuthService } from '../delegated-auth/delegated-auth.service.js';
import { DfnsCredentials } from '../delegated-auth/dfns-credentials.js';
import { NewCredentialDto } from '../delegated-auth/dto/new-credential.dto.js';
import type { Ceremony } from './ceremony.js';
import { OpenCeremonies } from './open-ceremonies.js';
import { type PublicCredentialChallenge, publicCredentialChallenge } from './public-creation-challenges.js';
import type { PublicUserActionChallenge } from './public-user-action-challenge.js';
import { UserActionCeremony } from './user-action.ceremony.js';

interface Held {
  challengeIdentifier: string;
}

/** A user adds a credential: they make it, and then sign with one they have that it may be added. */
@Injectable()
export class CredentialCeremony {
  readonly #auth: DelegatedAuthService;
  readonly #credentials: DfnsCredentials;
  readonly #actions: UserActionCeremony;
  readonly #open: OpenCeremonies;

  constructor(
    auth: DelegatedAuthService,
    credentials: DfnsCredentials,
    actions: UserActionCeremony,
    open: OpenCeremonies,
  ) {
    this.#auth = auth;
    this.#credentials = credentials;
    this.#actions = actions;
    this.#open = open;
  }

  async begin(username: string, kind: CredentialKind): Promise<Ceremony<PublicCredentialChallenge>> {
    const challenge = await this.#auth.withToken(username, (token) => this.#credentials.createChallenge(token, kind));
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
    const payload = { ...credential, challengeIdentifier };
    return this.#actions.begin(username, { method: 'POST', path: '/auth/credentials', payload });
  }
}
