import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import type { CredentialKind } from '../credentials/credential.js';
import { keyCreationOptions, passkeyCreationOptions } from '../enrolment/creation-options.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { OpenChallenges } from '../tokens/open-challenges.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** For whom a challenge was made. */
interface Purpose {
  userId: string;
  kind: CredentialKind;
  /** Whether a code opened it, instead of a bearer (dfns-api 13.3). */
  byCode: boolean;
}

/** The challenges that new credentials of a user sign. */
@Injectable()
export class CredentialChallenges {
  readonly #challenges: OpenChallenges<Purpose>;

  constructor(
    private readonly config: SandboxConfig,
    tokens: TokenIssuer,
    state: KeptState,
  ) {
    this.#challenges = new OpenChallenges(config, tokens, state.keep('challenges of new credentials', new Map()));
  }

  /** Opens a challenge, and makes the answer with it (dfns-api 19.8). */
  open(user: User, kind: CredentialKind, { byCode }: Pick<Purpose, 'byCode'>) {
    const opened = this.#challenges.open(user, { userId: user.userId, kind, byCode });
    const options = kind === 'Fido2' ? passkeyCreationOptions : keyCreationOptions;
    return {
      kind,
      ...options(user, this.config.relyingParty),
      ...opened,
      temporaryAuthenticationToken: opened.challengeIdentifier,
    };
  }

  /** Returns a challenge that the user opened with a bearer. It works once. @throws Refusal 400 */
  take(user: User, kind: CredentialKind, challengeIdentifier: string): string {
    const isExpected = (opened: Purpose) => !opened.byCode && opened.userId === user.userId && opened.kind === kind;
    return this.#challenges.take(challengeIdentifier, isExpected).challenge;
  }

  /** Returns a challenge that a code opened, and whose it is. It works once. @throws Refusal 400 */
  takeByCode(kind: CredentialKind, challengeIdentifier: string): { userId: string; challenge: string } {
    return this.#challenges.take(challengeIdentifier, (opened) => opened.byCode && opened.kind === kind);
  }
}
