import { isSigner } from './concealed-options.js';
import { hasFunctions, type Identity, readIdentity } from './identity.js';
import { OptionProblems } from './option-problems.js';
import type { ServiceAccountOptions } from './options.js';
import { TokenEndWarning } from './token-end-warning.js';

/** Least milliseconds between two times at which the functions of the options are asked again. */
const PAUSE_MS = 5_000;

/** What Dfns can refuse of the service account: its token, or its credential with the key. */
export type AccountPart = 'token' | 'credential';

/**
 * The service account of one instance: who it is now, and what Dfns said about it. The functions of the options are
 * asked at start, and again when Dfns refuses what they gave. What they give is checked each time.
 */
export class ServiceAccount {
  readonly #options: ServiceAccountOptions;
  readonly #orgId: string | undefined;
  readonly #now: () => number;
  readonly #end = new TokenEndWarning();
  #identity: Identity;
  #reading: Promise<string | undefined> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #refusal: { part: AccountPart; problem: string } | undefined;

  private constructor(
    options: ServiceAccountOptions,
    orgId: string | undefined,
    now: () => number,
    identity: Identity,
  ) {
    this.#options = options;
    // Without the option, a new token must still be of the organisation in which this instance works.
    this.#orgId = orgId ?? identity.orgId;
    this.#now = now;
    this.#identity = identity;
    this.#end.check(identity.endsAt, now());
  }

  /** @param problems hears what is wrong; then there is no service account */
  static async open(
    options: ServiceAccountOptions | undefined,
    orgId: string | undefined,
    now: () => number,
    problems: OptionProblems,
  ): Promise<ServiceAccount | undefined> {
    const found = new OptionProblems();
    const identity = await readIdentity(options ?? {}, { orgId, now: now() }, found);
    problems.addAll(found);
    return identity && new ServiceAccount(options as ServiceAccountOptions, orgId, now, identity);
  }

  /** Who the service account is now. Logs a warning if the token ends in some days. */
  use(): Identity {
    this.#end.check(this.#identity.endsAt, this.#now());
    return this.#identity;
  }

  /** When the token ends, in milliseconds since 1970, if it says so. */
  get tokenEndsAt(): number | undefined {
    return this.#identity.endsAt;
  }

  /** Why Dfns, or this package, refused the service account, if nothing was accepted since. */
  get problem(): string | undefined {
    return this.#refusal?.problem;
  }

  /** Dfns accepted the token, or the credential and with it the token. */
  noteAccepted(used: Identity, part: AccountPart): void {
    if (used !== this.#identity) return;
    if (part === 'credential' || this.#refusal?.part === 'token') this.#refusal = undefined;
  }

  /** Dfns refused the service account. */
  noteRefused(used: Identity, part: AccountPart, problem: string): void {
    if (used === this.#identity) this.#refusal = { part, problem };
  }

  /**
   * Whether there is something new to try after Dfns refused `used`. It asks the functions again if no call did so
   * since then and in the last 5 seconds. Calls that are refused at the same time share the answer.
   *
   * @returns a problem, if a function failed or gave something that cannot be used; what was there before is kept
   */
  async renew(used: Identity, part: AccountPart): Promise<{ isNew: boolean; problem?: string }> {
    if (this.#identity !== used) return { isNew: true };
    const problem = await (this.#reading ?? this.#startReading(part));
    return { isNew: this.#identity !== used, ...(problem !== undefined && { problem }) };
  }

  #startReading(part: AccountPart): Promise<string | undefined> | undefined {
    const isSignerRefused = part === 'credential' && isSigner(this.#options.credential);
    const isPaused = Math.abs(this.#now() - this.#readAt) < PAUSE_MS;
    if (isPaused || (!isSignerRefused && !hasFunctions(this.#options))) return undefined;
    this.#readAt = this.#now();
    this.#reading = this.#read(isSignerRefused).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(isSignerRefused: boolean): Promise<string | undefined> {
    const problems = new OptionProblems();
    const context = { orgId: this.#orgId, now: this.#now() };
    const identity = await readIdentity(this.#options, context, problems, this.#identity);
    // Which credential a signer uses shows with its next signature only, so that is worth an attempt.
    if (identity && (isSignerRefused || identity !== this.#identity)) {
      this.#identity = { ...identity };
      this.#refusal = undefined;
    }
    return problems.isEmpty ? undefined : problems.text('The service account was refused, and cannot be read again');
  }
}
