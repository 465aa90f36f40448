import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { challengeInvalid, userActionInvalid, userActionSpent } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** The request that the user signs (dfns-api 7.2). */
export interface UserAction {
  method: string;
  /** The path, with or without the query. */
  path: string;
  /** The exact text of the body. */
  payload: string;
}

/** Whether `request` is the request that the user signed. */
export function matches(signed: UserAction, request: UserAction): boolean {
  const paths = [request.path, request.path.split('?')[0]];
  return (
    signed.method === request.method &&
    paths.includes(signed.path) &&
    withoutParameters(signed.payload) === withoutParameters(request.payload)
  );
}

/** An empty object and no body are equal (dfns-api 21.18). */
const withoutParameters = (payload: string) => (payload === '{}' ? '' : payload);

/** The user and the request that belong to a challenge or to a `userAction`. */
interface Bound {
  userId: string;
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
    this.#challenges.set(id, { userId: user.userId, action, challenge });
    return {
      challenge,
      challengeIdentifier: this.tokens.issue('Challenge', user, this.config.lifetimes.challengeMs, id),
    };
  }

  /** Returns a challenge and deletes it. It works once, also if its signature is wrong. @throws Refusal 400 */
  take(user: User, challengeIdentifier: string): { challenge: string; action: UserAction } {
    const id = this.tokens.read(challengeIdentifier, ['Challenge'])?.jti ?? '';
    const pending = this.#challenges.get(id);
    if (pending?.userId !== user.userId) throw challengeInvalid();
    this.#challenges.delete(id);
    return pending;
  }

  grant(user: User, action: UserAction): string {
    const id = randomUUID();
    this.#actions.set(id, { userId: user.userId, action, isSpent: false });
    return this.tokens.issue('UserAction', user, this.config.lifetimes.userActionMs, id);
  }

  /** Uses up a `userAction` of this user, also if the request is not the signed one (dfns-api 21.4, 21.5). */
  spend(user: User, userAction: string | undefined, request: UserAction): void {
    const id = this.tokens.read(userAction ?? '', ['UserAction'])?.jti ?? '';
    const granted = this.#actions.get(id);
    if (granted?.userId !== user.userId) throw userActionInvalid();
    if (granted.isSpent) throw userActionSpent();
    granted.isSpent = true;
    if (!matches(granted.action, request)) throw userActionInvalid();
  }
}
