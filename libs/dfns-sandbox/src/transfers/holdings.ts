import { Injectable } from '@nestjs/common';
import { KeptState } from '../state/kept-state.js';
import type { Wallet } from '../wallets/wallet-store.js';
import { chainOf } from './chain.js';
import { IDENTITIES, UNIQUE } from './transfer-body.js';

/** Which asset: a kind of transfer, with the members that name the asset. */
export interface AssetId {
  kind: string;
  [member: string]: string;
}

/** An amount of an asset that leaves a wallet, in the smallest unit. */
export interface Spending {
  asset: AssetId;
  amount: bigint;
}

/** What a wallet has of an asset. */
export interface Holding {
  asset: AssetId;
  symbol: string;
  /** 0 for things that cannot be divided. */
  decimals: number;
  /** In the smallest unit. */
  balance: bigint;
}

/** The demonstration balances of a new wallet, in whole units. */
const NATIVE_UNITS = 10n;
const TOKEN_UNITS = 1_000n;
const TOKEN_DECIMALS = 6;
/** The prices of a whole unit, in US dollars. */
const PRICES = { native: 100, token: 1 };

/** Names of the demonstration assets, which are the same in every wallet. */
const DEMO: Record<string, string> = {
  contract: '0x00000000000000000000000000000000000000d3',
  tokenId: '1',
  serialNumber: '1',
  currency: 'DEM',
  assetCode: 'DEMO',
};

/** What wallets have. A new wallet has demonstration balances (dfns-api 16.14). */
@Injectable()
export class Holdings {
  readonly #ofWallets: Map<string, Map<string, Holding>>;

  constructor(state: KeptState) {
    this.#ofWallets = state.keep('holdings', new Map());
  }

  /** Without those of which nothing is left; the native asset is always there. */
  of(wallet: Wallet): Holding[] {
    const all = [...this.#of(wallet).values()];
    return all.filter(({ asset, balance }) => asset.kind === 'Native' || balance > 0n);
  }

  find(wallet: Wallet, asset: AssetId): Holding | undefined {
    return this.#of(wallet).get(assetKey(asset));
  }

  take(wallet: Wallet, { asset, amount }: Spending): void {
    const holding = this.find(wallet, asset);
    if (holding) holding.balance -= amount;
  }

  /** @param sent what the sender has of the asset, which says what the asset is */
  receive(wallet: Wallet, sent: Holding, amount: bigint): void {
    const holding = this.find(wallet, sent.asset) ?? { ...sent, balance: 0n };
    holding.balance += amount;
    this.#of(wallet).set(assetKey(sent.asset), holding);
  }

  #of(wallet: Wallet): Map<string, Holding> {
    const known = this.#ofWallets.get(wallet.id);
    if (known) return known;
    const made = new Map(demonstration(wallet).map((holding) => [assetKey(holding.asset), holding]));
    this.#ofWallets.set(wallet.id, made);
    return made;
  }
}

/** The members of a body that name its asset. */
export function assetOf(body: { kind: string; [member: string]: unknown }): AssetId {
  const names = IDENTITIES[body.kind] ?? [];
  return { kind: body.kind, ...Object.fromEntries(names.map((name) => [name, String(body[name])])) };
}

/** The value in US dollars, or `undefined` for an asset without a price. */
export function usdOf({ asset, symbol, decimals }: Holding, amount: bigint): number | undefined {
  const price = asset.kind === 'Native' ? PRICES.native : symbol === 'DEMO' ? PRICES.token : undefined;
  return price === undefined ? undefined : (Number(amount) / 10 ** decimals) * price;
}

/** Equal for equal assets. */
export const assetKey = (asset: AssetId) => Object.values(asset).join(' ').toLowerCase();

function demonstration({ network }: Wallet): Holding[] {
  if (network.startsWith('Key')) return [];
  const { symbol, decimals, kinds } = chainOf(network);
  const token = kinds.find((kind) => !UNIQUE.includes(kind));
  const unique = kinds.find((kind) => UNIQUE.includes(kind));
  const native = { asset: { kind: 'Native' }, symbol, decimals, balance: NATIVE_UNITS * 10n ** BigInt(decimals) };
  const units = TOKEN_UNITS * 10n ** BigInt(TOKEN_DECIMALS);
  return [
    native,
    ...(token ? [{ asset: demoAsset(token), symbol: 'DEMO', decimals: TOKEN_DECIMALS, balance: units }] : []),
    ...(unique ? [{ asset: demoAsset(unique), symbol: 'DEMONFT', decimals: 0, balance: 1n }] : []),
  ];
}

function demoAsset(kind: string): AssetId {
  const names = IDENTITIES[kind] ?? [];
  return { kind, ...Object.fromEntries(names.map((name) => [name, DEMO[name] ?? 'demo'])) };
}
