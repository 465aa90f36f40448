import { DfnsError } from '../errors/dfns-error.js';
import type { CallScope } from '../http/call-scope.js';
import { EndSignal, type Signal } from '../http/end-signal.js';
import type { LiveToken } from './token-lifetime.js';

/** Share of its remaining time that a call waits for the store and for a replica that gives signs of life. */
const WAIT_SHARE = 1 / 3;
/**
 * Share of its remaining time that a call pauses for a replica without a sign of life. With the looks at the store
 * between the pauses, this is less than a tenth.
 */
const PATIENCE_SHARE = 1 / 16;

/**
 * A login of one user, and the calls that wait for its token. First it waits for the store and for other replicas. This
 * wait ends when a call has waited long enough, or when no call is left. Then the login at Dfns begins, if a call is
 * left. It goes on also without calls, since its token is kept.
 */
export class LoginFlight {
  readonly token: Promise<LiveToken>;
  /** The token that this login replaces; the user has it in memory. */
  readonly newerThan: LiveToken | undefined;
  readonly #wait = new EndSignal();
  #patienceMs = Number.POSITIVE_INFINITY;
  #calls: number;
  #state: 'waits' | 'logs in' | 'abandoned' = 'waits';
  #isForgotten = false;

  /**
   * @param login obtains the token of this flight
   * @param newerThan only for a refresh in the background, for which no call waits
   */
  constructor(login: (flight: LoginFlight) => Promise<LiveToken>, newerThan?: LiveToken) {
    this.newerThan = newerThan;
    this.#calls = newerThan ? 1 : 0;
    this.token = login(this);
  }

  /** Aborted when the wait for the store and for other replicas is to end. */
  get waitSignal(): Signal {
    return this.#wait;
  }

  /** Milliseconds to wait for another replica that gives no sign of life. The most impatient call decides. */
  get patienceMs(): number {
    return this.#patienceMs;
  }

  /** Whether the token of this login is dropped when it arrives: the user was forgotten meanwhile. */
  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  /** Whether all calls left before the login began. Then it has no token. */
  get isAbandoned(): boolean {
    return this.#state === 'abandoned';
  }

  forget(): void {
    this.#isForgotten = true;
  }

  /** Waits for the token, until `scope` ends. */
  async join(scope: CallScope): Promise<LiveToken> {
    this.#calls += 1;
    const { remainingMs } = scope;
    this.#patienceMs = Math.min(this.#patienceMs, remainingMs * PATIENCE_SHARE);
    const hurry = setTimeout(() => this.#wait.abort(), remainingMs * WAIT_SHARE);
    try {
      return await scope.race(this.token);
    } finally {
      clearTimeout(hurry);
      this.#leave();
    }
  }

  /** Says that the login at Dfns begins. @throws DfnsError `DFNS_ABORTED` if no call is left */
  begin(): void {
    if (this.isAbandoned) throw new DfnsError('DFNS_ABORTED', 'no call waits for the login any more');
    this.#state = 'logs in';
  }

  #leave(): void {
    this.#calls -= 1;
    if (this.#calls > 0 || this.#state !== 'waits') return;
    this.#state = 'abandoned';
    this.#wait.abort();
  }
}
