import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid, forbidden, notFound } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import type { User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import { type KeyScheme, schemeOf } from './networks.js';
import { addressOf, type KeyRequest, keyAnswer, makeSigningKey, type SigningKey } from './signing-key.js';

/** The members that a new wallet is made with. */
export interface WalletRequest extends Pick<KeyRequest, 'delegateTo' | 'delayDelegation'> {
  /** @default a new id */
  id?: string;
  network: string;
  name?: string;
  externalId?: string;
  tags?: string[];
  /** An existing key to use. By default the wallet gets a new key. */
  key?: SigningKey;
}

export interface Wallet {
  readonly id: string;
  readonly network: string;
  readonly key: SigningKey;
  readonly dateCreated: string;
  name?: string;
  externalId?: string;
  tags: string[];
}

/**
 * Wallets and their keys. An end user sees only those delegated to this user. All others see all, and cannot use those
 * that are delegated (dfns-api 4.1, 15.3).
 */
@Injectable()
export class WalletStore {
  readonly #wallets: Map<string, Wallet>;
  readonly #keys: Map<string, SigningKey>;

  constructor(
    private readonly config: SandboxConfig,
    private readonly events: PlatformEvents,
    state: KeptState,
  ) {
    this.#wallets = state.keep('wallets', new Map());
    this.#keys = state.keep('keys', new Map());
  }

  create({ network, name, externalId, tags = [], ...request }: WalletRequest): Wallet {
    const scheme = schemeOf(network);
    if (!scheme) throw bodyInvalid([`network ${network} is not supported`]);
    const { delegateTo, delayDelegation } = request;
    const key = request.key ?? this.createKey(scheme, { delegateTo, delayDelegation });
    if (key.curve !== scheme.curve) throw bodyInvalid([`network ${network} needs a key on ${scheme.curve}`]);
    const wallet = {
      id: request.id ?? identifier('wa'),
      network,
      key,
      dateCreated: this.config.date(),
      tags: [...new Set(tags)],
      ...(name && { name }),
      ...(externalId && { externalId }),
    };
    this.#wallets.set(wallet.id, wallet);
    this.events.emit('wallet.created', { wallet: walletAnswer(wallet) });
    return wallet;
  }

  createKey({ scheme, curve }: KeyScheme, request: KeyRequest): SigningKey {
    const key = makeSigningKey({ scheme, curve }, this.config.date(), request);
    this.#keys.set(key.id, key);
    this.events.emit('key.created', { key: keyAnswer(key) });
    return key;
  }

  /** All wallets, oldest first. */
  all(): Wallet[] {
    return [...this.#wallets.values()];
  }

  visibleTo(user: User): Wallet[] {
    return this.all().filter(({ key }) => isVisible(key, user));
  }

  ofKey(key: SigningKey): Wallet[] {
    return this.all().filter((wallet) => wallet.key === key);
  }

  /** @throws Refusal 404 `wallet not found` */
  get(walletId: string, user: User): Wallet {
    const wallet = this.#wallets.get(walletId);
    if (!wallet || !isVisible(wallet.key, user)) throw notFound('wallet', { walletId, orgId: this.config.orgId });
    return wallet;
  }

  /** A wallet that the caller may manage and sign with. @throws Refusal 404, or 403 if it is delegated to somebody else */
  getForUse(walletId: string, caller: Caller): Wallet {
    const wallet = this.get(walletId, caller.user);
    expectUsable(wallet.key, caller);
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

  /** A key that the caller may manage and sign with. @throws Refusal 404, or 403 if it is delegated to somebody else */
  getKeyForUse(keyId: string, caller: Caller): SigningKey {
    const key = this.getKey(keyId, caller.user);
    expectUsable(key, caller);
    return key;
  }
}

const isVisible = (key: SigningKey, user: User) => user.kind !== 'EndUser' || key.delegatedTo === user.userId;

/** Delegated means delegated: nobody but the end user uses the key, whatever permissions they have (dfns-api 15.3). */
function expectUsable({ delegatedTo }: SigningKey, { user, path }: Caller): void {
  if (delegatedTo !== undefined && delegatedTo !== user.userId) throw forbidden(user.kind, user.userId, path);
}

/** The JSON object that the API returns for a wallet (dfns-api 19.13). */
export function walletAnswer({ id, network, key, dateCreated, name, externalId, tags }: Wallet) {
  const { scheme, curve, publicKey, delegatedTo } = key;
  return {
    id,
    network,
    address: walletAddress({ network, key }),
    signingKey: { id: key.id, scheme, curve, publicKey, delegatedTo },
    status: 'Active',
    dateCreated,
    name,
    custodial: delegatedTo === undefined,
    externalId,
    tags: [...tags],
  };
}

/** The address of a wallet. A wallet of no chain, such as `KeyECDSA`, has none. */
export function walletAddress({ network, key }: Pick<Wallet, 'network' | 'key'>): string | undefined {
  return network.startsWith('Key') ? undefined : addressOf(key);
}
