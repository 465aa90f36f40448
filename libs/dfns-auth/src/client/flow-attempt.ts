import type { CallScope } from './call-scope.js';
import type { SecretScrubber } from './secret-scrubber.js';

/** One try of a flow: what its steps share and what decides whether there is another try. */
export class FlowAttempt {
  /** Set when the write itself may have taken effect although no success came back. */
  mayHaveHappened = false;
  /** Set when something has been sent that works once and that only the user could make anew: there is no other try. */
  spent = false;

  constructor(
    readonly scope: CallScope,
    /** Secrets that the steps of the flow have seen, in this try and in those before. */
    readonly secrets: SecretScrubber,
  ) {}
}
