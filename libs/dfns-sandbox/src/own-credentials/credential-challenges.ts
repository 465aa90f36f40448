import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { CredentialKind } from '../credentials/credential.js';
import { challengeInvalid } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** The challenges that new credentials of a user sign. */
@Injectable()
export class CredentialChallenges {
  readonly #challenges: ExpiringMap<{ userId: string; kind: CredentialKind; challenge: string }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
    state: KeptState,
  ) {
    const kept = state.keep('challenges of new credentials', new Map());
    this.#challenges = new ExpiringMap(config.lifetimes.challengeMs, config.now, kept);
  }

  open(user: User, kind: CredentialKind): { challenge: string; challengeIdentifier: string } {
    const id = randomUUID();
    const challenge = this.config.nextChallenge();
    this.#challenges.set(id, { userId: user.userId, kind, challenge });
    return {
      challenge,
      challengeIdentifier: this.tokens.issue('Challenge', user, this.config.lifetimes.challengeMs, id),
    };
  }

  /** Returns a challenge and deletes it, so that it works once. @throws Refusal 400 */
  take(user: User, kind: CredentialKind, challengeIdentifier: string): string {
    const id = this.tokens.read(challengeIdentifier, ['Challenge'])?.jti ?? '';
    const pending = this.#challenges.get(id);
    if (pending?.userId !== user.userId || pending.kind !== kind) throw challengeInvalid();
    this.#challenges.delete(id);
    return pending.challenge;
  }
}
