import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { KeptState } from '../state/kept-state.js';

export type MailKind = 'registration' | 'login' | 'recovery';

/** A mail that Dfns would send. */
export interface Mail {
  kind: MailKind;
  /** The username of the user, which is the address of an employee. */
  to: string;
  /** Has the form `1234-1234-1234-1234`. */
  code: string;
  /** Milliseconds since the epoch, by the clock of the sandbox. */
  sentAt: number;
}

/** The sandbox forgets older mails. */
const MOST_MAILS = 1_000;

/** The mails that the sandbox would have sent, oldest first. */
@Injectable()
export class Outbox {
  readonly #mails: Mail[];

  constructor(
    private readonly config: SandboxConfig,
    state: KeptState,
  ) {
    this.#mails = state.keep('mails', []);
  }

  list(): Mail[] {
    return this.#mails.map((mail) => ({ ...mail }));
  }

  clear(): void {
    this.#mails.length = 0;
  }

  send(kind: MailKind, to: string, code: string): void {
    this.#mails.push({ kind, to, code, sentAt: this.config.now() });
    if (this.#mails.length > MOST_MAILS) this.#mails.shift();
  }
}
