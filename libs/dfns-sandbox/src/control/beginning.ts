import { createPrivateKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { Schedule } from '../configuration/schedule.js';
import { UserStore } from '../identities/user-store.js';
import { type CreatedServiceAccount, ServiceAccountFactory } from '../service-accounts/service-account-factory.js';
import { KeptState } from '../state/kept-state.js';
import type { SavedState } from '../state/state-file.js';
import { IssuedSecrets } from '../tokens/issued-secrets.js';
import { Outbox } from '../tokens/outbox.js';
import { type CreatedUser, UserFactory } from '../users/user-factory.js';
import { makeSigningKey } from '../wallets/signing-key.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { WebhookStore } from '../webhooks/webhook-store.js';
import { publicKeyOf, type Seed } from './seed.js';

/** What a seed made, with the tokens and the private keys. */
export interface Seeded {
  serviceAccounts: CreatedServiceAccount[];
  users: CreatedUser[];
}

type OneOf<K extends keyof Seed> = NonNullable<Seed[K]> extends (infer T)[] ? T : never;

/** How the sandbox begins: empty, with a seed, or with a saved state. A reset returns to it. */
@Injectable()
export class Beginning {
  /** What the seed made. */
  readonly seeded: Seeded;

  constructor(
    private readonly config: SandboxConfig,
    private readonly users: UserStore,
    private readonly wallets: WalletStore,
    private readonly userFactory: UserFactory,
    private readonly serviceAccounts: ServiceAccountFactory,
    private readonly schedule: Schedule,
    private readonly outbox: Outbox,
    private readonly webhooks: WebhookStore,
    private readonly secrets: IssuedSecrets,
    private readonly state: KeptState,
  ) {
    this.seeded = state.keep('seeded', { serviceAccounts: [], users: [] });
  }

  /** @throws Error that names the member of the seed that is not possible */
  begin(seed?: Seed, saved?: SavedState): void {
    if (saved) {
      this.state.load(saved.last);
      this.state.begin(saved.beginning);
      this.#goOn();
      return;
    }
    if (seed) this.#seed(seed);
    this.state.begin();
  }

  /** Plans what the clock will bring, and learns the secrets that do not look like secrets. */
  #goOn(): void {
    this.schedule.planAgain();
    for (const { code } of this.outbox.list()) this.secrets.add(code);
    for (const webhook of this.webhooks.all()) this.secrets.add(this.webhooks.withSecret(webhook).secret);
  }

  #seed({ users = [], serviceAccounts = [{}], keys = [], wallets = [] }: Seed): void {
    each('users', users, (user) => this.#addUser(user));
    each('serviceAccounts', serviceAccounts, (account) => this.#addServiceAccount(account));
    each('keys', keys, (key) => this.#addKey(key));
    each('wallets', wallets, (wallet) => this.#addWallet(wallet));
  }

  #addUser({ credential: { privateKey, ...key } = {}, ...user }: OneOf<'users'>): void {
    const credential = privateKey ? { ...key, publicKey: publicKeyOf(privateKey) } : key;
    const created = this.userFactory.create({ ...user, credential });
    this.seeded.users.push({ ...created, ...(privateKey && { privateKey }) });
  }

  #addServiceAccount({ privateKey, ...account }: OneOf<'serviceAccounts'>): void {
    const publicKey = privateKey ? publicKeyOf(privateKey) : account.publicKey;
    const created = this.serviceAccounts.create({ ...account, publicKey });
    this.seeded.serviceAccounts.push({ ...created, ...(privateKey && { privateKey }) });
  }

  #addKey({ id, curve, privateKey, delegateTo }: OneOf<'keys'>): void {
    const scheme = curve === 'ed25519' ? 'EdDSA' : 'ECDSA';
    const made = makeSigningKey({ scheme, curve }, this.config.date(), {
      id,
      delegateTo: this.#userId(delegateTo),
      ...(privateKey && { privateKey: createPrivateKey(privateKey) }),
    });
    this.wallets.addKey(made);
  }

  #addWallet({ delegateTo, keyId, ...wallet }: OneOf<'wallets'>): void {
    const key = keyId === undefined ? undefined : this.wallets.allKeys().find(({ id }) => id === keyId);
    if (keyId !== undefined && !key) throw new Error(`keyId: the file has no key ${keyId}`);
    this.wallets.create({ ...wallet, delegateTo: this.#userId(delegateTo), key });
  }

  #userId(username: string | undefined): string | undefined {
    if (username === undefined) return undefined;
    const user = this.users.byUsername(username);
    if (user?.kind !== 'EndUser') throw new Error(`delegateTo: the file has no end user ${username}`);
    return user.userId;
  }
}

/** Adds the members of a list. An error says which one was not possible. */
function each<T>(name: string, members: T[], add: (member: T) => void): void {
  for (const [index, member] of members.entries()) {
    try {
      add(member);
    } catch (error) {
      throw new Error(`seed.${name}[${index}]: ${error instanceof Error ? error.message : error}`);
    }
  }
}
