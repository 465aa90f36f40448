import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { invalidCode } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { IssuedSecrets } from './issued-secrets.js';
import { type MailKind, Outbox } from './outbox.js';

const MINUTE_MS = 60_000;
/** How long codes are valid. For registrations Dfns says it; for the others it is our choice (dfns-api 13.4). */
const LIFETIMES_MS: Record<MailKind, number> = {
  registration: 240 * MINUTE_MS,
  login: 10 * MINUTE_MS,
  recovery: 10 * MINUTE_MS,
};

interface MailedCode {
  code: string;
  expiresAt: number;
}

/** The codes that users get by mail. A user has at most one of each kind; a new one replaces it. */
@Injectable()
export class MailedCodes {
  readonly #codes: Map<string, MailedCode>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly outbox: Outbox,
    private readonly secrets: IssuedSecrets,
    state: KeptState,
  ) {
    this.#codes = state.keep('mailed codes', new Map());
  }

  send(kind: MailKind, user: User): void {
    const code = this.secrets.add(Array.from({ length: 4 }, fourDigits).join('-'));
    this.#codes.set(key(kind, user), { code, expiresAt: this.config.now() + LIFETIMES_MS[kind] });
    this.outbox.send(kind, user.username, code);
  }

  /** @returns whether the code is still valid @throws Refusal 403 if it is not the latest code of the user */
  check(kind: MailKind, user: User | undefined, code: string): boolean {
    const latest = user && this.#codes.get(key(kind, user));
    if (latest?.code !== code) throw invalidCode();
    return latest.expiresAt > this.config.now();
  }

  /** Uses up a code, so that it works once. @throws Refusal 403 if it is wrong, old or used */
  take(kind: MailKind, user: User | undefined, code: string): void {
    if (!this.check(kind, user, code)) throw invalidCode();
    if (user) this.#codes.delete(key(kind, user));
  }
}

const key = (kind: MailKind, { userId }: User) => `${kind} ${userId}`;
const fourDigits = () => String(randomInt(10_000)).padStart(4, '0');
