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
 * What the back end does for its users as their service account. Whoever chooses `username` is that user: take it from
 * your own authenticated principal.
 */
@Injectable()
export class DelegatedAuthService {
  readonly #login: DelegatedLogin;
  readonly #tokens: TokenBroker;
  readonly #calls: UserCalls;
  readonly #registration: RegistrationCalls;
  readonly #recovery: RecoveryCalls;

  constructor(
    login: DelegatedLogin,
    tokens: TokenBroker,
    calls: UserCalls,
    registration: RegistrationCalls,
    recovery: RecoveryCalls,
  ) {
    this.#login = login;
    this.#tokens = tokens;
    this.#calls = calls;
    this.#registration = registration;
    this.#recovery = recovery;
  }

  /**
   * Logs a user in without their credentials. Always asks Dfns: three requests. Request handlers use {@link getToken}.
   *
   * @throws DfnsError `DFNS_USER_NOT_FOUND`, `DFNS_USER_DEACTIVATED`, and those of every call
   */
  async login(request: DelegatedLoginDto, options: CallOptions = {}): Promise<DelegatedLoginResponse> {
    const { username } = checked(DelegatedLoginDto, request);
    return { token: await this.#login.login(username, options) };
  }

  /**
   * A user token, from memory where there is one; concurrent callers share one login, and a token is refreshed before
   * it ends. `options` limit the wait of this caller alone.
   *
   * @throws DfnsError as {@link login}
   */
  async getToken(username: string, options: CallOptions = {}): Promise<string> {
    return this.#tokens.kept(username) ?? this.#calls.token(username, options);
  }

  /**
   * Calls with a user token. Where Dfns refuses the token (`DFNS_USER_UNAUTHORIZED`), it drops that token and calls once
   * more with a fresh one. For other clients; `DfnsClient` takes `caller: { username }`. The deadline includes `call`.
   */
  withToken<T>(username: string, call: (token: string) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#calls.withToken(username, call, options);
  }

  /**
   * Drops the user's token here and in a shared store; a login under way does not bring it back. Other replicas serve
   * the token that they hold until they refresh it. To end a session everywhere, {@link logout}.
   */
  forget(username: string): Promise<void> {
    return this.#tokens.forget(username);
  }

  /** Ends the user's session at Dfns, if a token of theirs is kept, and forgets it in any case. */
  async logout(username: string): Promise<void> {
    const userToken = await this.#tokens.peek(username);
    await this.#tokens.forget(username);
    if (userToken !== undefined) await this.#login.logout(userToken);
  }

  /** Creates an end user. @throws DfnsError `DFNS_USER_EXISTS`, also for one who did not finish a registration */
  createRegistrationChallenge(
    request: DelegatedRegistrationDto,
    options: CallOptions = {},
  ): Promise<RegistrationChallenge> {
    return this.#registration.createChallenge(request, options);
  }

  /**
   * A new challenge for a user who did not finish a registration. Only older Dfns documents know it (dfns-api 20.4).
   *
   * @throws DfnsError `DFNS_NOT_FOUND` where Dfns does not have it
   */
  restartRegistration(request: DelegatedRegistrationDto, options: CallOptions = {}): Promise<RegistrationChallenge> {
    return this.#registration.restart(request, options);
  }

  /**
   * Registers credentials that signed the challenge. Never repeated once it may have happened.
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

  /** {@link completeRegistration} with wallets that belong to the user, and a user token. */
  completeEndUserRegistration(
    temporaryAuthenticationToken: string,
    request: CompleteEndUserRegistrationDto,
    options: CallOptions = {},
  ): Promise<EndUserRegistrationResult> {
    return this.#registration.completeEndUser(temporaryAuthenticationToken, request, options);
  }

  /** Opens a recovery. @throws DfnsError `DFNS_BAD_REQUEST` where the credential is no recovery key of the user */
  createRecoveryChallenge(request: DelegatedRecoveryDto, options: CallOptions = {}): Promise<RecoveryChallenge> {
    return this.#recovery.createChallenge(request, options);
  }

  /**
   * Gives a user new credentials. All credentials that they had before stop working, and so does the token that was kept.
   *
   * @throws DfnsError `DFNS_USER_UNAUTHORIZED` for a token that has ended or a signature that Dfns refuses
   */
  async recover(
    temporaryAuthenticationToken: string,
    request: RecoverUserDto,
    options: CallOptions = {},
  ): Promise<RecoveryResult> {
    const result = await this.#recovery.recover(temporaryAuthenticationToken, request, options);
    await this.forget(result.user.username);
    return result;
  }
}
