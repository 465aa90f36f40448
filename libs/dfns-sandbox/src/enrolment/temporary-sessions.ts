import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notAuthorized } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** A registration or recovery between its challenge and its completion. */
export interface TemporarySession {
  id: string;
  challenge: string;
  /** Of a recovery: the recovery key that opened it. */
  recoveryCredId?: string;
}

/** What a `temporaryAuthenticationToken` stands for: one session a user, for one successful use (spec 17, row 2). */
@Injectable()
export class TemporarySessions {
  readonly #sessions: ExpiringMap<TemporarySession>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
  ) {
    this.#sessions = new ExpiringMap(config.lifetimes.temporaryTokenMs, config.now);
  }

  /** Opens a session; an earlier one of the same user is over. */
  open(kind: 'Temp' | 'Recovery', user: User, recoveryCredId?: string) {
    const id = randomUUID();
    const challenge = this.config.nextChallenge();
    this.#sessions.set(user.userId, { id, challenge, recoveryCredId });
    const temporaryAuthenticationToken = this.tokens.issue(kind, user, this.config.lifetimes.temporaryTokenMs, id);
    return { temporaryAuthenticationToken, challenge };
  }

  /** @throws Refusal 401 when it was used already, or replaced */
  find({ user, token }: Caller): TemporarySession {
    const session = this.#sessions.get(user.userId);
    if (session?.id !== token.jti) throw notAuthorized();
    return session;
  }

  /** Ends a session with `change`, unless it is over meanwhile; if `change` fails, the session goes on. */
  complete(caller: Caller, change: () => void): void {
    this.find(caller);
    change();
    this.#sessions.delete(caller.user.userId);
  }
}
