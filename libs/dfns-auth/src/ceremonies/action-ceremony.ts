import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import type { RoutedAction } from '../calls/routes.js';
import type { FirstFactorAssertion } from '../credentials/credential-signer.js';
import { UserActionAssertionDto } from '../dto/assertion.dto.js';
import { checked } from '../dto/checked.js';
import type { CallScope } from '../http/call-scope.js';
import { requestText, type UserAction } from '../http/request-text.js';
import { UserCalls } from '../tokens/user-calls.js';
import type { BegunAction } from './begun-ceremonies.js';
import { type CeremonyAction, withExternalId } from './external-id.js';
import { newCeremony, OpenCeremonies } from './open-ceremonies.js';
import { publicUserActionChallenge } from './public-challenges.js';

interface Held {
  /** The body is kept as text, so that exactly the signed text is sent. */
  action: UserAction;
  challengeIdentifier: string;
  /** All steps of an action use the same bearer (dfns-api 7.9). */
  userToken: string;
}

/** A user signs a write in the browser, and the server sends exactly what was signed. */
@Injectable()
export class ActionCeremony {
  readonly #calls: DfnsCalls;
  readonly #users: UserCalls;
  readonly #open: OpenCeremonies;

  constructor(calls: DfnsCalls, users: UserCalls, open: OpenCeremonies) {
    this.#calls = calls;
    this.#users = users;
    this.#open = open;
  }

  async begin(username: string, requested: CeremonyAction & RoutedAction, scope: CallScope): Promise<BegunAction> {
    const { action: userAction, externalId } = withExternalId(requested);
    const { method, path, query, body } = requestText(userAction);
    const action = { method, path: `${path}${query}`, body };
    const ask = async (userToken: string) => ({
      challenge: await this.#calls.challenge(action, { userToken, username }, scope),
      userToken,
    });
    const { challenge, userToken } = await this.#users.withToken(username, ask, scope);
    const held: Held = { action, challengeIdentifier: challenge.challengeIdentifier, userToken };
    const row = { held, expiresAt: this.#open.endOfNew(userToken) };
    const key = newCeremony('action', username);
    const ceremony = await this.#open.open(key, row, publicUserActionChallenge(challenge), scope);
    return externalId === undefined ? ceremony : { ...ceremony, externalId };
  }

  async finish<T>(
    username: string,
    ceremonyId: string,
    given: UserActionAssertionDto | FirstFactorAssertion,
    scope: CallScope,
  ): Promise<T> {
    const assertion = checked(UserActionAssertionDto, isBare(given) ? { firstFactor: given } : given);
    const held = await this.#open.take<Held>({ kind: 'action', username, ceremonyId }, scope);
    const { action, challengeIdentifier, userToken } = held;
    return this.#calls.perform(
      { ...action, caller: { userToken }, userAction: { challengeIdentifier, ...assertion } },
      { repeatable: false, username, read: (answer) => answer.unchecked<T>() },
      scope,
    );
  }
}

/** Whether this is a single assertion, as a {@link CredentialSigner} returns it. */
function isBare(given: UserActionAssertionDto | FirstFactorAssertion): given is FirstFactorAssertion {
  return typeof given === 'object' && given !== null && 'kind' in given;
}
