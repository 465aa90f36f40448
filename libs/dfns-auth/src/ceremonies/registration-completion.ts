import { Injectable } from '@nestjs/common';
import { DfnsCalls } from '../calls/dfns-calls.js';
import type { RegistrationCredentialsDto } from '../dto/credentials.dto.js';
import type { NewWalletDto } from '../dto/registration.dto.js';
import { isDfnsError } from '../errors/dfns-error.js';
import type { DfnsErrorCode } from '../errors/error-table.js';
import { allPages } from '../http/pages.js';
import { DelegatedAuthService } from '../services/delegated-auth.service.js';
import { DfnsCredentials } from '../services/dfns-credentials.js';
import { type DfnsUser, DfnsUsers } from '../services/dfns-users.js';
import { type RegistrationResult, readWallet, type Wallet } from '../services/results.js';

/** A completed registration. It holds no secret and can be sent to the browser. */
export interface RegisteredUser extends RegistrationResult {
  /** Only if the registration created wallets. */
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
  readonly #users: DfnsUsers;
  readonly #credentials: DfnsCredentials;
  readonly #calls: DfnsCalls;

  constructor(auth: DelegatedAuthService, users: DfnsUsers, credentials: DfnsCredentials, calls: DfnsCalls) {
    this.#auth = auth;
    this.#users = users;
    this.#credentials = credentials;
    this.#calls = calls;
  }

  async complete(
    username: string,
    temporaryToken: string,
    credentials: RegistrationCredentialsDto,
    wallets: NewWalletDto[] | undefined,
  ): Promise<RegisteredUser> {
    try {
      return await this.#complete(temporaryToken, credentials, wallets);
    } catch (error) {
      if (!isDfnsError(error) || !UNCERTAIN.includes(error.code)) throw error;
      const { credId } = credentials.firstFactorCredential.credentialInfo;
      const registered = await this.#lookUp(username, credId, wallets !== undefined).catch(() => undefined);
      if (registered === undefined) throw error;
      return registered;
    }
  }

  async #complete(
    temporaryToken: string,
    credentials: RegistrationCredentialsDto,
    wallets: NewWalletDto[] | undefined,
  ): Promise<RegisteredUser> {
    if (wallets === undefined) return this.#auth.completeRegistration(temporaryToken, credentials);
    const result = await this.#auth.completeEndUserRegistration(temporaryToken, { ...credentials, wallets });
    return { credential: result.credential, user: result.user, wallets: result.wallets };
  }

  /** The user, if Dfns has registered them with this credential. */
  async #lookUp(username: string, credId: string, withWallets: boolean): Promise<RegisteredUser | undefined> {
    const user = await this.#users.findByUsername(username);
    if (!user?.isRegistered) return undefined;
    const credentials = await this.#credentials.list(username);
    const credential = credentials.find(({ credentialId }) => credentialId === credId);
    if (!credential) return undefined;
    return {
      credential: { uuid: credential.credentialUuid, kind: credential.kind, name: credential.name },
      user: { id: user.userId, username, orgId: user.orgId },
      ...(withWallets && { wallets: await this.#walletsOf(user) }),
    };
  }

  async #walletsOf({ userId }: DfnsUser): Promise<Wallet[]> {
    const wallets: Wallet[] = [];
    const pages = allPages('GET /wallets', (paginationToken) =>
      this.#calls.perform(
        { method: 'GET', path: '/wallets', query: { owner: userId, paginationToken }, caller: 'serviceAccount' },
        { repeatable: true, read: (answer) => answer.page(readWallet) },
        {},
      ),
    );
    for await (const wallet of pages) wallets.push(wallet);
    return wallets;
  }
}
