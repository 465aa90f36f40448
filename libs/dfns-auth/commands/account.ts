import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type CallOptions,
  type CredentialSigner,
  DfnsAuthModule,
  type DfnsAuthModuleOptions,
  DfnsClient,
  KeySigner,
  type KeySignerOptions,
  type QueryParameters,
  type UserActionChallenge,
  UserActionSigner,
} from 'nestjs-dfns-auth';

/** It is signed and never sent. Even if it were, it would change nothing. */
const HARMLESS = { method: 'GET', path: '/auth/users' } as const;
/** Most milliseconds for one check with its retries. */
const DEADLINE_MS = 10_000;

/** The service account at Dfns, asked through the library itself. It changes nothing there. */
export class Account {
  readonly #context: INestApplicationContext;
  readonly #limits: CallOptions;
  readonly #challenge: () => UserActionChallenge | undefined;

  /** The id of its credential, as it is configured. */
  readonly credId: string;

  private constructor(
    context: INestApplicationContext,
    credId: string,
    limits: CallOptions,
    challenge: () => UserActionChallenge | undefined,
  ) {
    this.#context = context;
    this.credId = credId;
    this.#limits = limits;
    this.#challenge = challenge;
  }

  /** @param options from the environment, with a key as text */
  static async open(options: DfnsAuthModuleOptions): Promise<Account> {
    const { authToken, credential } = options.serviceAccount;
    const key = new KeySigner(credential as KeySignerOptions);
    let seen: UserActionChallenge | undefined;
    const noticing: CredentialSigner = {
      sign(challenge) {
        seen = challenge;
        return key.sign(challenge);
      },
    };
    const module = DfnsAuthModule.forRoot({
      ...options,
      checkOnStart: 'off',
      serviceAccount: { authToken, credential: noticing },
    });
    const deadlineMs = Math.min(options.http?.deadlineMs ?? DEADLINE_MS, DEADLINE_MS);
    const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    return new Account(context, key.credId, { deadlineMs }, () => seen);
  }

  /** The challenge of the last {@link sign}, if Dfns gave one. */
  get challenge(): UserActionChallenge | undefined {
    return this.#challenge();
  }

  /** Has Dfns check a signature. What it gives for that is not used. @throws DfnsError */
  async sign(): Promise<void> {
    await this.#context.get(UserActionSigner).sign(HARMLESS, this.#limits);
  }

  /** @throws DfnsError */
  read<T>(path: string, query?: QueryParameters): Promise<T> {
    const request = { method: 'GET', path, caller: 'serviceAccount', ...(query && { query }) } as const;
    return this.#context.get(DfnsClient).request<T>(request, this.#limits);
  }

  /** Closes the connections. */
  close(): Promise<void> {
    return this.#context.close();
  }
}
