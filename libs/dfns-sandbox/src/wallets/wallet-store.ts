import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid, notFound } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { schemeOf } from './networks.js';
import { addressOf, makeSigningKey, type SigningKey } from './signing-key.js';

/** The members that a new wallet is made with. */
export interface WalletRequest {
  /** @default a new id */
  id?: string;
  network: string;
  name?: string;
  externalId?: string;
  tags?: string[];
  /** The user id of an end user. */
  delegateTo?: string;
  /** An existing key to use. By default the wallet gets a new key. */
  key?: SigningKey;
}

export interface Wallet {
  readonly id: string;
  readonly network: string;
  readonly key: SigningKey;
  readonly dateCreated: string;
  readonly name?: string;
  readonly externalId?: string;
  readonly tags: string[];
}

/** Wallets and their keys. An end user sees only those delegated to this user. All others see all (dfns-api 4.1, 15.3). */
@Injectable()
export class WalletStore {
  readonly #wallets: Map<string, Wallet>;
  readonly #keys: Map<string, SigningKey>;

  constructor(
    private readonly config: SandboxConfig,
    state: KeptState,
  ) {
    this.#wallets = state.keep('wallets', new Map());
    this.#keys = state.keep('keys', new Map());
  }

  create({ network, delegateTo, name, externalId, tags = [], ...request }: WalletRequest): Wallet {
    const scheme = schemeOf(network);
    if (!scheme) throw bodyInvalid([`network ${network} is not supported`]);
    const dateCreated = this.config.date();
    const key = request.key ?? makeSigningKey(scheme, dateCreated, delegateTo);
    if (key.curve !== scheme.curve) throw bodyInvalid([`network ${network} needs a key on ${scheme.curve}`]);
    const wallet = {
      id: request.id ?? identifier('wa'),
      network,
      key,
      dateCreated,
      tags,
      ...(name && { name }),
      ...(externalId && { externalId }),
    };
    this.#keys.set(key.id, key);
    this.#wallets.set(wallet.id, wallet);
    return wallet;
  }

  /** All wallets, oldest first. */
  all(): Wallet[] {
    return [...this.#wallets.values()];
  }

  visibleTo(user: User): Wallet[] {
    return this.all().filter(({ key }) => isVisible(key, user));
  }

  /** @throws Refusal 404 `wallet not found` */
  get(walletId: string, user: User): Wallet {
    const wallet = this.#wallets.get(walletId);
    if (!wallet || !isVisible(wallet.key, user)) throw notFound('wallet', { walletId, orgId: this.config.orgId });
    return wallet;
  }

  /** All keys, oldest first. */
  allKeys(): SigningKey[] {
    return [...this.#keys.values()];
  }

  /** Adds a key without a wallet. @throws Error if there is a key with this id */
  addKey(key: SigningKey): void {
    if (this.#keys.has(key.id)) throw new Error(`there is another key ${key.id}`);
    this.#keys.set(key.id, key);
  }

  keysVisibleTo(user: User): SigningKey[] {
    return this.allKeys().filter((key) => isVisible(key, user));
  }

  /** @throws Refusal 404 `key not found` */
  getKey(keyId: string, user: User): SigningKey {
    const key = this.#keys.get(keyId);
    if (!key || !isVisible(key, user)) throw notFound('key', { keyId, orgId: this.config.orgId });
    return key;
  }
}

const isVisible = (key: SigningKey, user: User) => user.kind !== 'EndUser' || key.delegatedTo === user.userId;

/** The JSON object that the API returns for a wallet (dfns-api 19.13). */
export function walletAnswer({ id, network, key, dateCreated, name, externalId, tags }: Wallet) {
  const { scheme, curve, publicKey, delegatedTo } = key;
  return {
    id,
    network,
    address: network.startsWith('Key') ? undefined : addressOf(key),
    signingKey: { id: key.id, scheme, curve, publicKey, delegatedTo },
    status: 'Active',
    dateCreated,
    name,
    custodial: delegatedTo === undefined,
    externalId,
    tags,
  };
}
