import type { CallScope } from './call-scope.js';
import { SecretScrubber } from './secret-scrubber.js';

/** One try of a flow: what its steps share and what decides whether there is another try. */
export class FlowAttempt {
  /** Secrets that the steps of this try have seen. */
  readonly secrets = new SecretScrubber();
  /** Set when the write itself may have taken effect although no success came back. */
  mayHaveHappened = false;

  constructor(readonly scope: CallScope) {}
}
