import { Injectable } from '@nestjs/common';
import { DfnsFlows } from '../client/dfns-flows.js';
import { DfnsHttp } from '../client/dfns-http.js';
import type { FirstFactorAssertion } from '../credentials/credential-signer.js';
import { checked } from '../delegated-auth/checked.js';
import { DelegatedAuthService } from '../delegated-auth/delegated-auth.service.js';
import { UserActionAssertionDto } from '../delegated-auth/dto/user-action-assertion.dto.js';
import { UserActionExchange } from '../user-actions/user-action.exchange.js';
import { type SerializedAction, serializeAction, type UserAction } from '../user-actions/user-action.js';
import type { Ceremony } from './ceremony.js';
import { OpenCeremonies } from './open-ceremonies.js';
import { type PublicUserActionChallenge, publicUserActionChallenge } from './public-user-action-challenge.js';

interface Held {
  action: SerializedAction;
  challengeIdentifier: string;
  /** All steps of an action use the same bearer (spec 8.4). */
  userToken: string;
}

/** A user signs a write in their browser, and the server performs exactly what was signed. */
@Injectable()
export class UserActionCeremony {
  readonly #auth: DelegatedAuthService;
  readonly #flows: DfnsFlows;
  readonly #exchange: UserActionExchange;
  readonly #http: DfnsHttp;
  readonly #open: OpenCeremonies;

  constructor(
    auth: DelegatedAuthService,
    flows: DfnsFlows,
    exchange: UserActionExchange,
    http: DfnsHttp,
    open: OpenCeremonies,
  ) {
    this.#auth = auth;
    this.#flows = flows;
    this.#exchange = exchange;
    this.#http = http;
    this.#open = open;
  }

  async begin(username: string, userAction: UserAction): Promise<Ceremony<PublicUserActionChallenge>> {
    const action = serializeAction(userAction);
    const flow = { operation: 'POST /auth/action/init', repeatable: true, username };
    const { challenge, userToken } = await this.#auth.withToken(username, (bearer) =>
      this.#flows.run(flow, {}, async (attempt) => ({
        challenge: await this.#exchange.init(action, { bearer, caller: 'user' }, attempt),
        userToken: bearer,
      })),
    );
    const held: Held = { action, challengeIdentifier: challenge.challengeIdentifier, userToken };
    return this.#open.open('action', username, held, publicUserActionChallenge(challenge));
  }

  async finish<T>(
    username: string,
    ceremonyId: string,
    given: UserActionAssertionDto | FirstFactorAssertion,
  ): Promise<T> {
    const assertion = checked(UserActionAssertionDto, isBare(given) ? { firstFactor: given } : given);
    const { action, challengeIdentifier, userToken } = await this.#open.take<Held>('action', username, ceremonyId);
    const { method, target, body } = action;
    const bearer = { bearer: userToken, caller: 'user' as const };
    const flow = { operation: `${method} ${target.path}`, repeatable: false, username };
    return this.#flows.run(flow, {}, async (attempt) => {
      const userAction = await this.#exchange.exchange(challengeIdentifier, assertion, bearer, attempt);
      const request = { method, target, body, ...bearer, userAction, step: 'call' as const };
      return (await this.#http.send(request, attempt)) as T;
    });
  }
}

/** Whether this is what a {@link CredentialSigner} gives, without the frame around it. */
function isBare(given: UserActionAssertionDto | FirstFactorAssertion): given is FirstFactorAssertion {
  return typeof given === 'object' && given !== null && 'kind' in given;
}
