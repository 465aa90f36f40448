import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { notAuthorized } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { ExpiringMap } from '../tokens/expiring-map.js';
import { TokenIssuer } from '../tokens/token-issuer.js';

/** A registration or recovery that is open: it has a challenge, and is not complete. */
export interface TemporarySession {
  id: string;
  challenge: string;
  /** The recovery key that opened the session. Only a recovery has it. */
  recoveryCredId?: string;
}

/**
 * The sessions of `temporaryAuthenticationToken`s. A user has at most one, and it can be completed once
 * (dfns-api 21.2).
 */
@Injectable()
export class TemporarySessions {
  readonly #sessions: ExpiringMap<TemporarySession>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly tokens: TokenIssuer,
    state: KeptState,
  ) {
    const kept = state.keep('temporary sessions', new Map());
    this.#sessions = new ExpiringMap(config.lifetimes.temporaryTokenMs, config.now, kept);
  }

  /** Opens a session. An earlier session of the same user ends. */
  open(kind: 'Temp' | 'Recovery', user: User, recoveryCredId?: string) {
    const id = randomUUID();
    const challenge = this.config.nextChallenge();
    this.#sessions.set(user.userId, { id, challenge, recoveryCredId });
    const temporaryAuthenticationToken = this.tokens.issue(kind, user, this.config.lifetimes.temporaryTokenMs, id);
    return { temporaryAuthenticationToken, challenge };
  }

  /** @throws Refusal 401 if the session of this token has ended */
  find({ user, token }: Caller): TemporarySession {
    const session = this.#sessions.get(user.userId);
    if (session?.id !== token.jti) throw notAuthorized();
    return session;
  }

  /** Runs `change` and ends the session. If `change` fails, the session stays open. @throws Refusal 401 as `find` */
  complete(caller: Caller, change: () => void): void {
    this.find(caller);
    change();
    this.#sessions.delete(caller.user.userId);
  }
}
