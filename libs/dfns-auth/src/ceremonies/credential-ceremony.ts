import { Injectable } from '@nestjs/common';
import type { CredentialKind } from '../credentials/credential-signer.js';
import { checked } from '../dto/checked.js';
import { NewCredentialDto } from '../dto/credentials.dto.js';
import type { CallScope } from '../http/call-scope.js';
import { DfnsCredentials } from '../services/dfns-credentials.js';
import { UserCalls } from '../tokens/user-calls.js';
import { ActionCeremony } from './action-ceremony.js';
import type { BegunAction, BegunCredential } from './begun-ceremonies.js';
import { newCeremony, OpenCeremonies } from './open-ceremonies.js';
import { publicCredentialChallenge } from './public-challenges.js';

interface Held {
  challengeIdentifier: string;
}

/** A user adds a credential. The browser makes it; then the user approves it with an existing credential. */
@Injectable()
export class CredentialCeremony {
  readonly #credentials: DfnsCredentials;
  readonly #users: UserCalls;
  readonly #actions: ActionCeremony;
  readonly #open: OpenCeremonies;

  constructor(credentials: DfnsCredentials, users: UserCalls, actions: ActionCeremony, open: OpenCeremonies) {
    this.#credentials = credentials;
    this.#users = users;
    this.#actions = actions;
    this.#open = open;
  }

  async begin(username: string, kind: CredentialKind, scope: CallScope): Promise<BegunCredential> {
    const ask = async (userToken: string) => ({
      challenge: await this.#credentials.createChallenge({ userToken }, kind, scope),
      userToken,
    });
    const { challenge, userToken } = await this.#users.withToken(username, ask, scope);
    const held: Held = { challengeIdentifier: challenge.challengeIdentifier };
    const row = { held, expiresAt: this.#open.endOfNew(userToken) };
    return this.#open.open(newCeremony('credential', username), row, publicCredentialChallenge(challenge), scope);
  }

  async sign(username: string, ceremonyId: string, given: NewCredentialDto, scope: CallScope): Promise<BegunAction> {
    const credential = checked(NewCredentialDto, given);
    const { challengeIdentifier } = await this.#open.take<Held>({ kind: 'credential', username, ceremonyId }, scope);
    const body = { ...credential, challengeIdentifier };
    return this.#actions.begin(username, { method: 'POST', path: '/auth/credentials', body }, scope);
  }
}
