import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { challengeInvalid, userActionInvalid, userActionSpent } from '../errors/refusals.js';
import { actorOf, type User } from '../identities/user-store.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { matches, type UserAction } from './signed-action.js';

/** Who signs, and the request that belongs to a challenge or to a `userAction`. */
interface Bound {
  actor: string;
  action: UserAction;
}

/** Challenges without a signature yet, and the `userAction` values. Each of them works once (dfns-api 7.8). */
@Injectable()
export class UserActionStore {
  readonly #challenges: ExpiringMap<Bound & { challenge: string }>;
  readonly #actions: ExpiringMap<Bound & { isSpent: boolean }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
  ) {
    this.#challenges = new ExpiringMap(config.lifetimes.challengeMs, config.now);
    this.#actions = new ExpiringMap(config.lifetimes.userActionMs, config.now);
  }

  open(user: User, action: UserAction): { challenge: string; challengeIdentifier: string } {
    const challenge = this.config.nextChallenge();
    const id = randomUUID();
    this.#challenges.set(id, { actor: actorOf(user), action, challenge });
    return {
      challenge,
      challengeIdentifier: this.tokens.issue('Challenge', user, this.config.lifetimes.challengeMs, id),
    };
  }

  /** Returns a challenge and deletes it. It works once, also if its signature is wrong. @throws Refusal 400 */
  take(user: User, challengeIdentifier: string): { challenge: string; action: UserAction } {
    const id = this.tokens.read(challengeIdentifier, ['Challenge'])?.jti ?? '';
    const pending = this.#challenges.get(id);
    if (pending?.actor !== actorOf(user)) throw challengeInvalid();
    this.#challenges.delete(id);
    return pending;
  }

  grant(user: User, action: UserAction): string {
    const id = randomUUID();
    this.#actions.set(id, { actor: actorOf(user), action, isSpent: false });
    return this.tokens.issue('UserAction', user, this.config.lifetimes.userActionMs, id);
  }

  /** Uses up a `userAction` of this user, also if the request is not the signed one (dfns-api 21.4, 21.5). */
  spend(user: User, userAction: string | undefined, request: UserAction): void {
    const id = this.tokens.read(userAction ?? '', ['UserAction'])?.jti ?? '';
    const granted = this.#actions.get(id);
    if (granted?.actor !== actorOf(user)) throw userActionInvalid();
    if (granted.isSpent) throw userActionSpent();
    granted.isSpent = true;
    if (!matches(granted.action, request, this.config.strict)) throw userActionInvalid();
  }
}
