import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import {
  type DfnsRoutes,
  type RouteInput,
  routeAction,
  type UntypedRoute,
  type UntypedRouteInput,
} from '../calls/routes.js';
import type { CredentialKind, FirstFactorAssertion } from '../credentials/credential-signer.js';
import type { UserActionAssertionDto } from '../dto/assertion.dto.js';
import { checked } from '../dto/checked.js';
import type { NewCredentialDto, RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import { DelegatedLoginDto } from '../dto/login.dto.js';
import type { RecoverUserDto } from '../dto/recovery.dto.js';
import type { CallOptions } from '../http/call-scope.js';
import type { RecoveryResult } from '../services/results.js';
import { ActionCeremony } from './action-ceremony.js';
import type { BegunAction, BegunCredential, BegunRecovery, BegunRegistration } from './begun-ceremonies.js';
import { CredentialCeremony } from './credential-ceremony.js';
import type { CeremonyAction } from './external-id.js';
import { RecoveryCeremony } from './recovery-ceremony.js';
import { RegistrationCeremony, type RegistrationOptions } from './registration-ceremony.js';
import type { RegisteredUser } from './registration-completion.js';

/**
 * Ceremonies for browsers: registration, recovery, signed writes and new credentials. Tokens, challenge identifiers and
 * the text that is signed stay on the server. Only the user who began a ceremony can finish it, once, before it
 * expires.
 *
 * `username` is the Dfns name of your own authenticated principal, never a member of a request. All methods throw
 * DfnsError. Methods that take a `ceremonyId` throw `DFNS_CEREMONY_INVALID` if the ceremony cannot be finished, and
 * `DFNS_BAD_REQUEST` for input of the wrong form. In both cases nothing is sent to Dfns. After `DFNS_BAD_REQUEST` the
 * ceremony is still open. While the circuit is open or the store fails, they throw `DFNS_UNAVAILABLE` before anything is
 * sent.
 *
 * Each method is one call: its deadline and its signal are for all its requests and for every use of the store. A
 * ceremony ends with its lifetime (`ceremonies.lifetimeMs`), or sooner with the token that its answer needs. A user has
 * at most 20 open ceremonies, and 20 registrations apart from them; then the user's oldest one ends.
 */
@Injectable()
export class DelegatedCeremonies {
  readonly #calls: DfnsCalls;
  readonly #registration: RegistrationCeremony;
  readonly #recovery: RecoveryCeremony;
  readonly #actions: ActionCeremony;
  readonly #credentials: CredentialCeremony;

  constructor(
    calls: DfnsCalls,
    registration: RegistrationCeremony,
    recovery: RecoveryCeremony,
    actions: ActionCeremony,
    credentials: CredentialCeremony,
  ) {
    this.#calls = calls;
    this.#registration = registration;
    this.#recovery = recovery;
    this.#actions = actions;
    this.#credentials = credentials;
  }

  /**
   * Creates the user, or continues a registration that was not finished.
   *
   * @throws DfnsError `DFNS_USER_EXISTS`; `DFNS_NOT_FOUND` for an unfinished registration whose challenge has expired,
   * if this Dfns cannot restart it
   */
  async beginRegistration(
    username: string,
    registration: RegistrationOptions = {},
    options: CallOptions = {},
  ): Promise<BegunRegistration> {
    return this.#calls.scope(options, (scope) => this.#registration.begin(name(username), registration, scope));
  }

  /** Registers the credentials. If the answer of Dfns is lost, the user is looked up to learn the result. */
  async finishRegistration(
    username: string,
    ceremonyId: string,
    credentials: RegistrationCredentialsDto,
    options: CallOptions = {},
  ): Promise<RegisteredUser> {
    return this.#calls.scope(options, (scope) =>
      this.#registration.finish(name(username), ceremonyId, credentials, scope),
    );
  }

  /**
   * Begins a recovery: the user proves with the recovery key that a new credential is theirs.
   *
   * @param credentialId the `credId` of the recovery key that the user still has
   */
  async beginRecovery(username: string, credentialId: string, options: CallOptions = {}): Promise<BegunRecovery> {
    return this.#calls.scope(options, (scope) => this.#recovery.begin(name(username), credentialId, scope));
  }

  /** Replaces all credentials of the user. */
  async finishRecovery(
    username: string,
    ceremonyId: string,
    recovery: RecoverUserDto,
    options: CallOptions = {},
  ): Promise<RecoveryResult> {
    return this.#calls.scope(options, (scope) => this.#recovery.finish(name(username), ceremonyId, recovery, scope));
  }

  /** Asks the user to sign exactly this request on a route of {@link DfnsRoutes}. A query is sent and not signed. */
  beginAction<R extends keyof DfnsRoutes>(
    username: string,
    route: R,
    input: RouteInput<R> & Pick<CeremonyAction, 'externalId'>,
    options?: CallOptions,
  ): Promise<BegunAction>;
  /** Does the same on a route without types, for applications that do not import `nestjs-dfns-auth/routes`. */
  beginAction(
    username: string,
    route: UntypedRoute,
    input: UntypedRouteInput & Pick<CeremonyAction, 'externalId'>,
    options?: CallOptions,
  ): Promise<BegunAction>;
  /** Asks the user to sign exactly this request. With `externalId` it can be repeated: see {@link CeremonyAction}. */
  beginAction(username: string, action: CeremonyAction, options?: CallOptions): Promise<BegunAction>;
  async beginAction(
    username: string,
    first: string | CeremonyAction,
    second: object = {},
    third: CallOptions = {},
  ): Promise<BegunAction> {
    const [action, options] = typeof first === 'string' ? [actionOn(first, second), third] : [first, second];
    return this.#calls.scope(options, (scope) => this.#actions.begin(name(username), action, scope));
  }

  /**
   * Sends the request of {@link beginAction} or {@link beginCredentialAction}, once.
   *
   * @returns the JSON object that Dfns answered; its members are not checked. A transfer, a transaction or a signature
   * that a policy holds is a result too: its `status` is `Pending`, and it has an `approvalId` (dfns-api 16.5)
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED` for a signature that Dfns refuses
   */
  async finishAction<T>(
    username: string,
    ceremonyId: string,
    assertion: UserActionAssertionDto | FirstFactorAssertion,
    options: CallOptions = {},
  ): Promise<T> {
    return this.#calls.scope(options, (scope) => this.#actions.finish<T>(name(username), ceremonyId, assertion, scope));
  }

  /** Asks for one more credential of the user. The browser makes it; {@link beginCredentialAction} comes next. */
  async beginCredential(username: string, kind: CredentialKind, options: CallOptions = {}): Promise<BegunCredential> {
    return this.#calls.scope(options, (scope) => this.#credentials.begin(name(username), kind, scope));
  }

  /**
   * Asks the user to approve the new credential with a signature of an existing one. {@link finishAction} adds it and
   * returns a `DfnsCredential`.
   */
  async beginCredentialAction(
    username: string,
    ceremonyId: string,
    credential: NewCredentialDto,
    options: CallOptions = {},
  ): Promise<BegunAction> {
    return this.#calls.scope(options, (scope) => this.#credentials.sign(name(username), ceremonyId, credential, scope));
  }
}

function name(username: string): string {
  return checked(DelegatedLoginDto, { username }).username;
}

function actionOn(route: string, input: UntypedRouteInput & Pick<CeremonyAction, 'externalId'>): CeremonyAction {
  return { ...routeAction(route, input), externalId: input.externalId };
}
