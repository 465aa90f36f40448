import { Injectable } from '@nestjs/common';
import type { CredentialKind, FirstFactorAssertion } from '../credentials/credential-signer.js';
import type { UserActionAssertionDto } from '../dto/assertion.dto.js';
import { checked } from '../dto/checked.js';
import type { NewCredentialDto, RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import { DelegatedLoginDto } from '../dto/login.dto.js';
import type { RecoverUserDto } from '../dto/recovery.dto.js';
import type { UserAction } from '../http/request-text.js';
import type { RecoveryResult } from '../services/results.js';
import { ActionCeremony } from './action-ceremony.js';
import { CredentialCeremony } from './credential-ceremony.js';
import type { Ceremony } from './open-ceremonies.js';
import type {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
  PublicUserActionChallenge,
} from './public-challenges.js';
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
 * ceremony is still open.
 */
@Injectable()
export class DelegatedCeremonies {
  readonly #registration: RegistrationCeremony;
  readonly #recovery: RecoveryCeremony;
  readonly #actions: ActionCeremony;
  readonly #credentials: CredentialCeremony;

  constructor(
    registration: RegistrationCeremony,
    recovery: RecoveryCeremony,
    actions: ActionCeremony,
    credentials: CredentialCeremony,
  ) {
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
    options: RegistrationOptions = {},
  ): Promise<Ceremony<PublicRegistrationChallenge>> {
    return this.#registration.begin(name(username), options);
  }

  /** Registers the credentials. If the answer of Dfns is lost, the user is looked up to learn the result. */
  async finishRegistration(
    username: string,
    ceremonyId: string,
    credentials: RegistrationCredentialsDto,
  ): Promise<RegisteredUser> {
    return this.#registration.finish(name(username), ceremonyId, credentials);
  }

  /** @param credentialId the `credId` of the recovery key that the user still has */
  async beginRecovery(username: string, credentialId: string): Promise<Ceremony<PublicRecoveryChallenge>> {
    return this.#recovery.begin(name(username), credentialId);
  }

  /** Replaces all credentials of the user. */
  async finishRecovery(username: string, ceremonyId: string, recovery: RecoverUserDto): Promise<RecoveryResult> {
    return this.#recovery.finish(name(username), ceremonyId, recovery);
  }

  /** Asks the user to sign exactly this request. */
  async beginAction(username: string, action: UserAction): Promise<Ceremony<PublicUserActionChallenge>> {
    return this.#actions.begin(name(username), action);
  }

  /**
   * Sends the request of {@link beginAction} or {@link beginCredentialAction}, once.
   *
   * @returns the JSON object that Dfns answered; its members are not checked
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED` for a signature that Dfns refuses
   */
  async finishAction<T>(
    username: string,
    ceremonyId: string,
    assertion: UserActionAssertionDto | FirstFactorAssertion,
  ): Promise<T> {
    return this.#actions.finish<T>(name(username), ceremonyId, assertion);
  }

  /** Asks for one more credential of the user. The browser makes it; {@link beginCredentialAction} comes next. */
  async beginCredential(username: string, kind: CredentialKind): Promise<Ceremony<PublicCredentialChallenge>> {
    return this.#credentials.begin(name(username), kind);
  }

  /**
   * Asks the user to approve the new credential with a signature of an existing one. {@link finishAction} adds it and
   * returns a `DfnsCredential`.
   */
  async beginCredentialAction(
    username: string,
    ceremonyId: string,
    credential: NewCredentialDto,
  ): Promise<Ceremony<PublicUserActionChallenge>> {
    return this.#credentials.sign(name(username), ceremonyId, credential);
  }
}

function name(username: string): string {
  return checked(DelegatedLoginDto, { username }).username;
}
