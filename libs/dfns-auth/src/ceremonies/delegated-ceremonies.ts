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
 * Flows for browsers. What Dfns must not hear twice and the browser must not hear at all stays on the server: tokens,
 * challenge identifiers, and the text of what is signed. A ceremony is answered once, in time, by the user who began it.
 *
 * `username` is the Dfns name of your own authenticated principal, never a member of a request. All methods throw
 * DfnsError; those that end a ceremony `DFNS_CEREMONY_INVALID`, and `DFNS_BAD_REQUEST` for an answer of the wrong form,
 * with nothing sent to Dfns; the latter leaves the ceremony open.
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
   * Creates the user, or goes on with a registration that was not finished.
   *
   * @throws DfnsError `DFNS_USER_EXISTS`; `DFNS_NOT_FOUND` for a registration that was left so long ago that its
   * challenge is over, where this Dfns cannot restart it
   */
  async beginRegistration(
    username: string,
    options: RegistrationOptions = {},
  ): Promise<Ceremony<PublicRegistrationChallenge>> {
    return this.#registration.begin(name(username), options);
  }

  /** Registers the credentials. Where Dfns's answer is lost, the user is looked up to tell what became of it. */
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

  /** Asks for a signature of the user under exactly this request. */
  async beginAction(username: string, action: UserAction): Promise<Ceremony<PublicUserActionChallenge>> {
    return this.#actions.begin(name(username), action);
  }

  /**
   * Performs the request that was begun, once.
   *
   * @returns the JSON that Dfns answered; its shape is not checked beyond being JSON
   * @throws DfnsError `DFNS_USER_ACTION_REJECTED` for a signature that Dfns refuses
   */
  async finishAction<T>(
    username: string,
    ceremonyId: string,
    assertion: UserActionAssertionDto | FirstFactorAssertion,
  ): Promise<T> {
    return this.#actions.finish<T>(name(username), ceremonyId, assertion);
  }

  /** Asks for one more credential of the user: the browser makes it, and {@link beginCredentialAction} goes on. */
  async beginCredential(username: string, kind: CredentialKind): Promise<Ceremony<PublicCredentialChallenge>> {
    return this.#credentials.begin(name(username), kind);
  }

  /**
   * Asks the user to sign, with a credential they have, that the new one may be added. {@link finishAction} adds it and
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
