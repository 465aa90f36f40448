import { randomUUID } from 'node:crypto';
import type { SandboxConfig } from '../configuration/sandbox-config.js';
import { challengeInvalid } from '../errors/refusals.js';
import { type Expiring, ExpiringMap } from './expiring-map.js';
import type { TokenHolder, TokenIssuer } from './token-issuer.js';

/** Challenges without a signature yet. Each of them works once, and has something that belongs to it. */
export class OpenChallenges<T extends object> {
  readonly #open: ExpiringMap<T & { challenge: string }>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
    entries?: Map<string, Expiring<T & { challenge: string }>>,
  ) {
    this.#open = new ExpiringMap(config.lifetimes.challengeMs, config.now, entries);
  }

  open(holder: TokenHolder, belonging: T): { challenge: string; challengeIdentifier: string } {
    const id = randomUUID();
    const challenge = this.config.nextChallenge();
    this.#open.set(id, { ...belonging, challenge });
    const challengeIdentifier = this.tokens.issue('Challenge', holder, this.config.lifetimes.challengeMs, id);
    return { challenge, challengeIdentifier };
  }

  /**
   * Returns a challenge and deletes it. It works once, also if its signature is wrong.
   * @param isExpected whether the caller may answer this challenge; if not, it stays open
   * @throws Refusal 400
   */
  take(challengeIdentifier: string, isExpected: (belonging: T) => boolean): T & { challenge: string } {
    const id = this.tokens.read(challengeIdentifier, ['Challenge'])?.jti ?? '';
    const pending = this.#open.get(id);
    if (!pending || !isExpected(pending)) throw challengeInvalid();
    this.#open.delete(id);
    return pending;
  }
}
