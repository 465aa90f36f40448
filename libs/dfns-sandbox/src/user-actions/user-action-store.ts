import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { challengeInvalid, userActionInvalid, userActionSpent } from '../errors/refusals.js';
import { actorOf, type User } from '../identities/user-store.js';
import { check, found, joinGroup } from '../journal/call-record.js';
import { KeptState } from '../state/kept-state.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';
import { matches, type UserAction } from './signed-action.js';

/** Who signs, and the request that belongs to a challenge or to a `userAction`. */
interface Bound {
  actor: string;
  action: UserAction;
  /** The group of the call in the journal. */
  group: string;
}

/** Challenges without a signature yet, and the `userAction` values. Each of them works once (dfns-api 7.8). */
@Injectable()
export class UserActionStore {
  readonly #challenges: ExpiringMap<Bound & { challenge: string }>;
  readonly #actions: ExpiringMap<Bound & { isSpent: boolean }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
    state: KeptState,
  ) {
    const { challengeMs, userActionMs } = config.lifetimes;
    this.#challenges = new ExpiringMap(challengeMs, config.now, state.keep('challenges', new Map()));
    this.#actions = new ExpiringMap(userActionMs, config.now, state.keep('user actions', new Map()));
  }

  open(user: User, action: UserAction): { challenge: string; challengeIdentifier: string } {
    const challenge = this.config.nextChallenge();
    const id = randomUUID();
    this.#challenges.set(id, { actor: actorOf(user), action, challenge, group: id });
    joinGroup(id);
    found({ signed: action });
    return {
      challenge,
      challengeIdentifier: this.tokens.issue('Challenge', user, this.config.lifetimes.challengeMs, id),
    };
  }

  /** Returns a challenge and deletes it. It works once, also if its signature is wrong. @throws Refusal 400 */
  take(user: User, challengeIdentifier: string): Omit<Bound, 'actor'> & { challenge: string } {
    const id = this.tokens.read(challengeIdentifier, ['Challenge'])?.jti ?? '';
    const pending = this.#challenges.get(id);
    joinGroup(pending?.group ?? id);
    if (pending?.actor !== actorOf(user)) {
      check('challenge', false, this.#whyNoChallenge(challengeIdentifier, pending));
      throw challengeInvalid();
    }
    check('challenge', true);
    found({ signed: pending.action });
    this.#challenges.delete(id);
    return pending;
  }

  grant(user: User, action: UserAction, group: string): string {
    const id = randomUUID();
    this.#actions.set(id, { actor: actorOf(user), action, isSpent: false, group });
    return this.tokens.issue('UserAction', user, this.config.lifetimes.userActionMs, id);
  }

  /** Uses up a `userAction` of this user, also if the request is not the signed one (dfns-api 21.4, 21.5). */
  spend(user: User, userAction: string | undefined, request: UserAction): void {
    const id = this.tokens.read(userAction ?? '', ['UserAction'])?.jti ?? '';
    const granted = this.#actions.get(id);
    if (granted) joinGroup(granted.group);
    if (granted?.actor !== actorOf(user)) {
      check('user action', false, this.#whyNoAction(userAction, granted));
      throw userActionInvalid();
    }
    found({ signed: granted.action });
    check('user action', !granted.isSpent, granted.isSpent ? 'It was used before. It works once.' : undefined);
    if (granted.isSpent) throw userActionSpent();
    granted.isSpent = true;
    if (!matches(granted.action, request, this.config.strict)) throw userActionInvalid();
  }

  #whyNoChallenge(challengeIdentifier: string, pending: Bound | undefined): string {
    if (pending) return 'The challenge is of another user.';
    return this.tokens.whyRefused(challengeIdentifier, ['Challenge']) ?? 'The challenge was answered before.';
  }

  #whyNoAction(userAction: string | undefined, granted: Bound | undefined): string {
    if (!userAction) return 'The request has no header X-DFNS-USERACTION.';
    if (granted) return 'The user action is of another user.';
    return this.tokens.whyRefused(userAction, ['UserAction']) ?? 'The sandbox does not know it any more.';
  }
}
