import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import { readTokenClaims } from '../credentials/token-claims.js';
import type { RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import type { NewWalletDto } from '../dto/registration.dto.js';
import { Schema } from '../dto/schema.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';
import type { CallScope } from '../http/call-scope.js';
import { allPages } from '../http/pages.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import { DfnsCredentials } from '../services/dfns-credentials.js';
import { RegistrationResult, readWallet, Wallet } from '../services/results.js';

/** A completed registration. It holds no secret and can be sent to the browser. */
export class RegisteredUser extends RegistrationResult {
  /** Only if the registration created wallets. */
  @Schema({ type: () => Wallet, isArray: true, required: false })
  wallets?: Wallet[];
}

/** After these errors it is not known whether the user is registered. */
const UNCERTAIN: DfnsErrorCode[] = ['DFNS_TIMEOUT', 'DFNS_UNAVAILABLE', 'DFNS_MALFORMED_RESPONSE'];

/**
 * Completes a registration. If the answer of Dfns is lost, the request is not repeated; the user is looked up instead.
 */
@Injectable()
export class RegistrationCompletion {
  readonly #auth: DelegatedAuthService;
  readonly #credentials: DfnsCredentials;
  readonly #calls: DfnsCalls;

  constructor(auth: DelegatedAuthService, credentials: DfnsCredentials, calls: DfnsCalls) {
    this.#auth = auth;
    this.#credentials = credentials;
    this.#calls = calls;
  }

  async complete(
    username: string,
    temporaryToken: string,
    credentials: RegistrationCredentialsDto,
    wallets: NewWalletDto[] | undefined,
    scope: CallScope,
  ): Promise<RegisteredUser> {
    try {
      return await this.#complete(temporaryToken, credentials, wallets, scope);
    } catch (error) {
      if (!isDfnsError(error) || !UNCERTAIN.includes(error.code)) throw error;
      const { credId } = credentials.firstFactorCredential.credentialInfo;
      const registered = await this.#lookUp(username, credId, wallets !== undefined, scope).catch(() => undefined);
      if (registered === undefined) throw error;
      return registered;
    }
  }

  async #complete(
    temporaryToken: string,
    credentials: RegistrationCredentialsDto,
    wallets: NewWalletDto[] | undefined,
    scope: CallScope,
  ): Promise<RegisteredUser> {
    if (wallets === undefined) return this.#auth.completeRegistration(temporaryToken, credentials, scope);
    const request = { ...credentials, wallets };
    const result = await this.#auth.completeEndUserRegistration(temporaryToken, request, scope);
    return { credential: result.credential, user: result.user, wallets: result.wallets };
  }

  /**
   * The user, if Dfns has registered them with this credential. Only a registered user can log in, and the user's own
   * token reads the rest, so the directory is not read.
   */
  async #lookUp(
    username: string,
    credId: string,
    withWallets: boolean,
    scope: CallScope,
  ): Promise<RegisteredUser | undefined> {
    const { token: userToken } = await this.#auth.login({ username }, scope);
    const credentials = await this.#credentials.list({ userToken }, scope);
    const credential = credentials.find(({ credentialId }) => credentialId === credId);
    if (!credential) return undefined;
    const { userId, orgId } = readTokenClaims(userToken) ?? {};
    return {
      credential: { uuid: credential.credentialUuid, kind: credential.kind, name: credential.name },
      user: { id: userId, username, orgId },
      ...(withWallets && { wallets: await this.#walletsOf(userToken, scope) }),
    };
  }

  async #walletsOf(userToken: string, scope: CallScope): Promise<Wallet[]> {
    const wallets: Wallet[] = [];
    const pages = allPages(
      'GET /wallets',
      (walk) => this.#calls.scope(scope, walk),
      (paginationToken) =>
        this.#calls.perform(
          { method: 'GET', path: '/wallets', query: { paginationToken }, caller: { userToken } },
          { repeatable: true, read: (answer) => answer.page(readWallet) },
          scope,
        ),
    );
    for await (const wallet of pages) wallets.push(wallet);
    return wallets;
  }
}
