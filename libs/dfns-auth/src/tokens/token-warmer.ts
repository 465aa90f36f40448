import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { DfnsError, isDfnsError } from '../errors/dfns-error.js';
import type { CallOptions, CallScope } from '../http/call-scope.js';
import { QuotaGovernor } from '../http/governor.js';
import { TokenBroker } from './token-broker.js';
import { UserCalls } from './user-calls.js';

/** Logins of this kind that are under way at a time, in one instance. */
const AT_A_TIME = 8;
const REQUESTS_OF_LOGIN = 3;
/** Largest number of users that wait. Users beyond it get no token. */
const MAX_WAITING = 10_000;
/** Milliseconds after which a waiting login looks again whether something is spare. */
const REVIEW_MS = 50;

/** What {@link DelegatedAuthService.warm} did. */
export interface WarmedUsers {
  /** Number of users who have a token in memory now. */
  ready: number;
  /** Number of users who have none: Dfns refused the login, or there was no time or quota for it. */
  missing: number;
}

/**
 * Logs users in before they need a token, behind all other calls. A login of this kind waits before it begins, and never
 * while it is under way. So a call that needs the same user does not wait for it.
 */
@Injectable()
export class TokenWarmer {
  readonly #calls: DfnsCalls;
  readonly #users: UserCalls;
  readonly #tokens: TokenBroker;
  readonly #governor: QuotaGovernor;
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(calls: DfnsCalls, users: UserCalls, tokens: TokenBroker, governor: QuotaGovernor) {
    this.#calls = calls;
    this.#users = users;
    this.#tokens = tokens;
    this.#governor = governor;
  }

  /** Returns when all users have a token or are given up. @throws DfnsError `DFNS_BAD_REQUEST` if it is not a list */
  async warm(usernames: readonly string[], options: CallOptions): Promise<WarmedUsers> {
    if (!Array.isArray(usernames)) throw new DfnsError('DFNS_BAD_REQUEST', 'usernames must be a list of usernames');
    const names = new Set(usernames);
    const left = names.values();
    let ready = 0;
    const work = async (scope: CallScope) => {
      for (const username of left) {
        scope.throwIfEnded();
        if (await this.#isReady(username, scope)) ready += 1;
      }
    };
    try {
      await this.#calls.scope(options, (scope) => Promise.all(Array.from({ length: AT_A_TIME }, () => work(scope))));
    } catch (error) {
      // The deadline or a signal: the tokens that are there stay.
      if (!isDfnsError(error)) throw error;
    }
    return { ready, missing: names.size - ready };
  }

  async #isReady(username: string, scope: CallScope): Promise<boolean> {
    if (this.#tokens.kept(username) !== undefined) return true;
    if (this.#waiting.size >= MAX_WAITING) return false;
    await this.#turn(scope);
    try {
      await this.#users.token(username, scope);
      return true;
    } catch (error) {
      if (isDfnsError(error)) return false;
      throw error;
    } finally {
      this.#underWay -= 1;
      this.#admit();
    }
  }

  async #turn(scope: CallScope): Promise<void> {
    let admit = () => {};
    const turn = new Promise<void>((resolve) => {
      admit = resolve;
    });
    this.#waiting.add(admit);
    this.#admit();
    try {
      await scope.race(turn);
    } catch (error) {
      if (!this.#waiting.delete(admit)) this.#underWay -= 1;
      throw error;
    }
  }

  #admit(): void {
    for (const admit of this.#waiting) {
      const requests = (this.#underWay + 1) * REQUESTS_OF_LOGIN;
      if (this.#underWay >= AT_A_TIME || !this.#governor.canSpare(requests)) break;
      this.#waiting.delete(admit);
      this.#underWay += 1;
      admit();
    }
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#admit(), REVIEW_MS);
  }
}
