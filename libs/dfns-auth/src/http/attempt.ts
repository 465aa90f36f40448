import type { CallScope } from './call-scope.js';
import type { SecretScrubber } from './secret-scrubber.js';

/** What the governor and the retry policy must know about a call. */
export interface CallTraits {
  /** The call as a template, e.g. `GET /wallets/{id}`. */
  kind: string;
  /** Whether it may run again after its last step reached Dfns and failed: reads and logins. */
  repeatable: boolean;
  /** For whom it is: a username, or a user token. */
  user?: string;
  /** Number of requests of one attempt. */
  requests: number;
}

/** One attempt of a call: what its steps share, and what decides whether there is another attempt. */
export class Attempt {
  /** Whether a request of this attempt was sent. */
  hasBegun = false;
  /** Whether the request of the call itself was sent. */
  wasCallSent = false;
  /** Set when the request of the call itself was sent and Dfns has not refused it. */
  mayHaveHappened = false;
  /** Set if something was sent that works once and that only the user can make again. No attempt follows. */
  spent = false;
  /** Whether an earlier call of the same scope may have changed something. */
  readonly #before: boolean;

  constructor(
    readonly scope: CallScope,
    /** Secrets that the steps of the call have used or received, in this attempt and in earlier ones. */
    readonly secrets: SecretScrubber,
    readonly traits: CallTraits,
  ) {
    this.#before = scope.mayHaveHappened;
  }

  /** The request of the call itself leaves. Until Dfns refuses it, the call may have happened. */
  noteSent(): void {
    this.wasCallSent = true;
    this.mayHaveHappened = true;
    if (!this.traits.repeatable) this.scope.mayHaveHappened = true;
  }

  /** Dfns refused the request of the call itself, so nothing has happened. */
  noteRefused(): void {
    this.mayHaveHappened = false;
    this.scope.mayHaveHappened = this.#before;
  }
}
