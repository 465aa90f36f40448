import { Injectable } from '@nestjs/common';
import { checked } from '../dto/checked.js';
import { DelegatedLoginDto } from '../dto/login.dto.js';
import type { DelegatedRecoveryDto, RecoverUserDto } from '../dto/recovery.dto.js';
import type {
  CompleteEndUserRegistrationDto,
  CompleteRegistrationDto,
  DelegatedRegistrationDto,
} from '../dto/registration.dto.js';
import type { CallOptions } from '../http/call-scope.js';
import { DelegatedLogin } from '../tokens/delegated-login.js';
import { TokenBroker } from '../tokens/token-broker.js';
import { TokenWarmer, type WarmedUsers } from '../tokens/token-warmer.js';
import { UserCalls } from '../tokens/user-calls.js';
import type { RecoveryChallenge, RegistrationChallenge } from './creation-challenges.js';
import { RecoveryCalls } from './recovery-calls.js';
import { RegistrationCalls } from './registration-calls.js';
import type {
  DelegatedLoginResponse,
  EndUserRegistrationResult,
  RecoveryResult,
  RegistrationResult,
} from './results.js';

/**
 * Logs users in, registers and recovers them, as the service account of the back end. Whoever chooses `username` is
 * that user: take it from your own authenticated principal.
 */
@Injectable()
export class DelegatedAuthService {
  readonly #login: DelegatedLogin;
  readonly #tokens: TokenBroker;
  readonly #calls: UserCalls;
  readonly #warmer: TokenWarmer;
  readonly #registration: RegistrationCalls;
  readonly #recovery: RecoveryCalls;

  constructor(
    login: DelegatedLogin,
    tokens: TokenBroker,
    calls: UserCalls,
    warmer: TokenWarmer,
    registration: RegistrationCalls,
    recovery: RecoveryCalls,
  ) {
    this.#login = login;
    this.#tokens = tokens;
    this.#calls = calls;
    this.#warmer = warmer;
    this.#registration = registration;
    this.#recovery = recovery;
  }

  /**
   * Logs a user in without the user's credentials. It always asks Dfns, with three requests. In request handlers, use
   * {@link getToken}.
   *
   * @throws DfnsError `DFNS_USER_NOT_FOUND`, `DFNS_USER_DEACTIVATED`, and the errors of every call
   */
  async login(request: DelegatedLoginDto, options: CallOptions = {}): Promise<DelegatedLoginResponse> {
    const { username } = checked(DelegatedLoginDto, request);
    return { token: await this.#login.login(username, options) };
  }

  /**
   * A user token, from memory if there is one. Concurrent calls share one login, and a token is refreshed before it
   * ends. `options` limit only the wait of this call.
   *
   * @throws DfnsError as {@link login}
   */
  async getToken(username: string, options: CallOptions = {}): Promise<string> {
    return this.#tokens.kept(username) ?? this.#calls.token(username, options);
  }

  /**
   * Runs `call` with a user token, for clients other than `DfnsClient`, which takes `caller: { username }`. If Dfns
   * refuses the token (`DFNS_USER_UNAUTHORIZED`), the token is dropped and `call` runs once more with a fresh one. The
   * deadline includes `call`.
   */
  withToken<T>(username: string, call: (token: string) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#calls.withToken(username, call, options);
  }

  /**
   * Gets tokens of users before they need them, so that the first call of each does not wait for a login: for example
   * when your users sign in, or when a replica starts. Do not wait for the result. These logins come behind all other
   * calls of this instance: they begin only while nobody waits, and leave half of the connections and half of the quota
   * to others. A user who has a token costs nothing.
   *
   * A user who gets none is logged in when the token is needed. So a login that fails, the deadline and the signal are no
   * errors here. The deadline is that of all users together.
   *
   * @throws DfnsError `DFNS_BAD_REQUEST` if `usernames` is not a list
   */
  warm(usernames: readonly string[], options: CallOptions = {}): Promise<WarmedUsers> {
    return this.#warmer.warm(usernames, options);
  }

  /**
   * Drops the user's tokens in memory and in a shared store. This process never serves them again. A login that is
   * running does not bring them back. Other replicas serve the token that they hold until they refresh it. To end a
   * session everywhere, use {@link logout}. `options` limit only the wait for the store; the tokens are dropped in any
   * case.
   *
   * @throws DfnsError `DFNS_TIMEOUT`, `DFNS_ABORTED`; never of the store
   */
  forget(username: string, options: CallOptions = {}): Promise<void> {
    return this.#calls.forget(username, options);
  }

  /**
   * Forgets the user's tokens as {@link forget}, and ends the session of each at Dfns: of the token in memory, and of
   * the one in the shared store. If one cannot be ended, the other one is still tried. The token of a login that is
   * running is not ended.
   *
   * @throws DfnsError of the first session that could not be ended; the tokens are forgotten in any case
   */
  logout(username: string, options: CallOptions = {}): Promise<void> {
    return this.#calls.logout(username, options);
  }

  /** Creates an end user. @throws DfnsError `DFNS_USER_EXISTS`, also for a user who did not finish a registration */
  createRegistrationChallenge(
    request: DelegatedRegistrationDto,
    options: CallOptions = {},
  ): Promise<RegistrationChallenge> {
    return this.#registration.createChallenge(request, options);
  }

  /**
   * A new challenge for a user who did not finish a registration. Only older Dfns documents describe it
   * (dfns-api 20.4).
   *
   * @throws DfnsError `DFNS_NOT_FOUND` if Dfns does not have it
   */
  restartRegistration(request: DelegatedRegistrationDto, options: CallOptions = {}): Promise<RegistrationChallenge> {
    return this.#registration.restart(request, options);
  }

  /**
   * Registers credentials that signed the challenge. The request is never repeated if it may have taken effect.
   *
   * @throws DfnsError `DFNS_USER_UNAUTHORIZED` for a token that has ended or a credential that Dfns refuses
   */
  completeRegistration(
    temporaryAuthenticationToken: string,
    request: CompleteRegistrationDto,
    options: CallOptions = {},
  ): Promise<RegistrationResult> {
    return this.#registration.complete(temporaryAuthenticationToken, request, options);
  }

  /** As {@link completeRegistration}, and also creates wallets of the user. The result holds a user token if Dfns sent one. */
  completeEndUserRegistration(
    temporaryAuthenticationToken: string,
    request: CompleteEndUserRegistrationDto,
    options: CallOptions = {},
  ): Promise<EndUserRegistrationResult> {
    return this.#registration.completeEndUser(temporaryAuthenticationToken, request, options);
  }

  /** Opens a recovery. @throws DfnsError `DFNS_BAD_REQUEST` if the credential is not a recovery key of the user */
  createRecoveryChallenge(request: DelegatedRecoveryDto, options: CallOptions = {}): Promise<RecoveryChallenge> {
    return this.#recovery.createChallenge(request, options);
  }

  /**
   * Gives a user new credentials. All earlier credentials of the user stop working, and the kept token is forgotten.
   *
   * @throws DfnsError `DFNS_USER_UNAUTHORIZED` for a token that has ended or a signature that Dfns refuses
   */
  async recover(
    temporaryAuthenticationToken: string,
    request: RecoverUserDto,
    options: CallOptions = {},
  ): Promise<RecoveryResult> {
    const result = await this.#recovery.recover(temporaryAuthenticationToken, request, options);
    const { username } = result.user;
    if (username !== undefined) await this.#tokens.forget(username).stored;
    return result;
  }
}
