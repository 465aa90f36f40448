import { Injectable } from '@nestjs/common';
import type { DfnsRequest, RequestCaller } from '../calls/dfns-request.js';
import type { CredentialKind } from '../credentials/credential-signer.js';
import { checked } from '../dto/checked.js';
import { CreateCredentialDto } from '../dto/credentials.dto.js';
import { aFlag, aText, aTime, Schema } from '../dto/schema.js';
import type { AnswerReader } from '../http/answer-reader.js';
import type { CallOptions } from '../http/call-scope.js';
import { UserCalls } from '../tokens/user-calls.js';
import { type CredentialChallenge, readCredentialChallenge } from './creation-challenges.js';

/** A credential of a user (dfns-api 19.10), as Dfns sent it: no member is checked. */
export class DfnsCredential {
  @Schema(aText('Fido2'))
  kind!: string;

  /** The id that signing and recovery use. */
  @Schema(aText('c2lnbmluZy1rZXk'))
  credentialId!: string;

  /** The id that activating and deactivating use. */
  @Schema(aText('cr-2m3n4-5p6q7-8r9s0t1u2v3w4x5y'))
  credentialUuid!: string;

  /** ISO 8601. */
  @Schema(aTime())
  dateCreated!: string;

  @Schema(aFlag(true))
  isActive!: boolean;

  @Schema(aText('My phone'))
  name!: string;

  @Schema(aText('-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n'))
  publicKey!: string;

  @Schema(aText('bank.example'))
  relyingPartyId!: string;

  @Schema(aText('https://bank.example'))
  origin!: string;
}

/** Whose credentials: a Dfns username, or a token of the user. Whoever chooses the username is that user. */
export type CredentialOwner = string | { userToken: string };

/**
 * The credentials of one user (dfns-api 13.1). Each write needs a user action: with an existing credential, the user
 * signs `POST /auth/credentials` or `PUT /auth/credentials/…` with the JSON text of exactly this request. For a
 * browser, `DelegatedCeremonies` does all of that.
 */
@Injectable()
export class DfnsCredentials {
  readonly #calls: UserCalls;

  constructor(calls: UserCalls) {
    this.#calls = calls;
  }

  /** All credentials, active or not. @throws DfnsError */
  async list(owner: CredentialOwner, options: CallOptions = {}): Promise<DfnsCredential[]> {
    return this.#call(
      { method: 'GET', path: '/auth/credentials', caller: callerOf(owner) },
      (answer) => answer.page(readCredential).items,
      options,
    );
  }

  /** The challenge that a new credential of `kind` signs. @throws DfnsError */
  async createChallenge(
    owner: CredentialOwner,
    kind: CredentialKind,
    options: CallOptions = {},
  ): Promise<CredentialChallenge> {
    return this.#call(
      { method: 'POST', path: '/auth/credentials/init', body: { kind }, caller: callerOf(owner) },
      (answer) => readCredentialChallenge(answer, kind),
      options,
    );
  }

  /** Adds a credential. @throws DfnsError `DFNS_USER_ACTION_REJECTED`; `DFNS_BAD_REQUEST` before any request */
  async create(
    owner: CredentialOwner,
    request: CreateCredentialDto,
    userAction: string,
    options: CallOptions = {},
  ): Promise<DfnsCredential> {
    const body = checked(CreateCredentialDto, request);
    return this.#call(
      { method: 'POST', path: '/auth/credentials', body, caller: callerOf(owner), userAction },
      readCredential,
      options,
    );
  }

  /** Activates a credential. No effect if it is active. @throws DfnsError */
  activate(owner: CredentialOwner, credentialUuid: string, userAction: string, options: CallOptions = {}) {
    return this.#switch('activate', owner, credentialUuid, userAction, options);
  }

  /** Deactivates a credential. No effect if it is inactive. @throws DfnsError */
  deactivate(owner: CredentialOwner, credentialUuid: string, userAction: string, options: CallOptions = {}) {
    return this.#switch('deactivate', owner, credentialUuid, userAction, options);
  }

  #switch(
    to: 'activate' | 'deactivate',
    owner: CredentialOwner,
    credentialUuid: string,
    userAction: string,
    options: CallOptions,
  ): Promise<void> {
    const path = `/auth/credentials/${to}`;
    return this.#call(
      { method: 'PUT', path, body: { credentialUuid }, caller: callerOf(owner), userAction },
      () => undefined,
      options,
    );
  }

  #call<T>(request: DfnsRequest, read: (answer: AnswerReader) => T, options: CallOptions): Promise<T> {
    return this.#calls.perform(request, { repeatable: request.userAction === undefined, read }, options);
  }
}

export function callerOf(owner: CredentialOwner): RequestCaller {
  return typeof owner === 'string' ? { username: owner } : owner;
}

function readCredential(credential: AnswerReader): DfnsCredential {
  return credential.unchecked<DfnsCredential>();
}
