import { Injectable } from '@nestjs/common';
import type { CredentialKind, FirstFactorAssertion } from '../credentials/credential-signer.js';
import { checked } from '../delegated-auth/checked.js';
import { DelegatedLoginDto } from '../delegated-auth/dto/delegated-login.dto.js';
import type { NewCredentialDto } from '../delegated-auth/dto/new-credential.dto.js';
import type { RecoverUserDto } from '../delegated-auth/dto/recover-user.dto.js';
import type { RegistrationCredentialsDto } from '../delegated-auth/dto/registration-credentials.dto.js';
import type { UserActionAssertionDto } from '../delegated-auth/dto/user-action-assertion.dto.js';
import type { RecoveryResult } from '../delegated-auth/recovery.calls.js';
import type { UserAction } from '../user-actions/user-action.js';
import type { Ceremony } from './ceremony.js';
import { CredentialCeremony } from './credential.ceremony.js';
import type {
  PublicCredentialChallenge,
  PublicRecoveryChallenge,
  PublicRegistrationChallenge,
} from './public-creation-challenges.js';
import type { PublicUserActionChallenge } from './public-user-action-challenge.js';
import { RecoveryCeremony } from './recovery.ceremony.js';
import type { RegisteredUser } from './registered-user.js';
import { RegistrationCeremony, type RegistrationOptions } from './registration.ceremony.js';
import { UserActionCeremony } from './user-action.ceremony.js';

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
  readonly #actions: UserActionCeremony;
  readonly #credentials: CredentialCeremony;

  constructor(
    registration: RegistrationCeremony,
    recovery: RecoveryCeremony,
    actions: UserActionCeremony,
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
