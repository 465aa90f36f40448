import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { actorId, type Caller } from '../access/caller.js';
import { isSameText, isSameValue } from '../bodies/body-comparison.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { userActionInvalid, userActionSpent } from '../errors/refusals.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { OpenChallenges } from '../tokens/open-challenges.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** The request that the user signs (dfns-api 7.2). */
export interface UserAction {
  method: string;
  /** The path, with or without the query. */
  path: string;
  /** The exact text of the body. */
  payload: string;
}

/** Whether `request` is the request that the user signed. `isSameBody` compares the texts of the bodies. */
export function matches(
  signed: UserAction,
  request: UserAction,
  isSameBody: (signed: string, sent: string) => boolean,
): boolean {
  const paths = [request.path, request.path.split('?')[0]];
  return signed.method === request.method && paths.includes(signed.path) && isSameBody(signed.payload, request.payload);
}

/** The request that belongs to a challenge or to a `userAction`, and who signs it. */
interface Bound {
  actor: string;
  action: UserAction;
}

/** Challenges without a signature yet, and the `userAction` values. Each of them works once (dfns-api 7.8). */
@Injectable()
export class UserActionStore {
  readonly #challenges: OpenChallenges<Bound>;
  readonly #actions: ExpiringMap<Bound & { isSpent: boolean }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
  ) {
    this.#challenges = new OpenChallenges(config, tokens);
    this.#actions = new ExpiringMap(config.lifetimes.userActionMs, config.now);
  }

  open(caller: Caller, action: UserAction): { challenge: string; challengeIdentifier: string } {
    return this.#challenges.open(caller.user, { actor: actorId(caller), action });
  }

  /** Returns a challenge and deletes it. It works once, also if its signature is wrong. @throws Refusal 400 */
  take(caller: Caller, challengeIdentifier: string): { challenge: string; action: UserAction } {
    return this.#challenges.take(challengeIdentifier, ({ actor }) => actor === actorId(caller));
  }

  grant(caller: Caller, action: UserAction): string {
    const id = randomUUID();
    this.#actions.set(id, { actor: actorId(caller), action, isSpent: false });
    return this.tokens.issue('UserAction', caller.user, this.config.lifetimes.userActionMs, id);
  }

  /** Uses up a `userAction` of this caller, also if the request is not the signed one (dfns-api 21.4, 21.5). */
  spend(caller: Caller, userAction: string | undefined, request: UserAction): void {
    const id = this.tokens.read(userAction ?? '', ['UserAction'])?.jti ?? '';
    const granted = this.#actions.get(id);
    if (granted?.actor !== actorId(caller)) throw userActionInvalid();
    if (granted.isSpent) throw userActionSpent();
    granted.isSpent = true;
    const isSameBody = this.config.strictBodies ? isSameText : isSameValue;
    if (!matches(granted.action, request, isSameBody)) throw userActionInvalid();
  }
}
