import { Injectable } from '@nestjs/common';
import { KeptState } from '../state/kept-state.js';
import type { Wallet } from '../wallets/wallet-store.js';
import { chainOf } from './chain.js';
import type { AssetId, Holding } from './holdings.js';

/** A confirmed movement, as one of the two wallets sees it (dfns-api 16.13). */
export interface HistoryItem {
  walletId: string;
  direction: 'In' | 'Out';
  network: string;
  blockNumber: number;
  txHash: string;
  timestamp: string;
  kind: string;
  metadata: { asset: { symbol?: string; decimals?: number; verified?: boolean } };
  [member: string]: unknown;
}

/** What is known about a movement when it is confirmed. */
export interface Movement {
  holding: Holding;
  amount: bigint;
  from: string;
  to: string;
  fee: string;
  txHash: string;
  timestamp: string;
}

const FIRST_BLOCK = 1_000_000;

/** The confirmed movements of all wallets, oldest first. */
@Injectable()
export class History {
  readonly #items: HistoryItem[];

  constructor(state: KeptState) {
    this.#items = state.keep('history', []);
  }

  all(): HistoryItem[] {
    return [...this.#items];
  }

  of({ id }: Wallet): HistoryItem[] {
    return this.#items.filter(({ walletId }) => walletId === id);
  }

  /** @param receiver the wallet of the sandbox that has the address, if there is one */
  add(movement: Movement, sender: Wallet, receiver: Wallet | undefined): void {
    const blockNumber = 1 + (this.#items.at(-1)?.blockNumber ?? FIRST_BLOCK);
    this.#items.push(itemOf(movement, blockNumber, sender, 'Out'));
    if (receiver) this.#items.push(itemOf(movement, blockNumber, receiver, 'In'));
  }
}

function itemOf(
  movement: Movement,
  blockNumber: number,
  { id, network }: Wallet,
  direction: 'In' | 'Out',
): HistoryItem {
  const { holding, txHash, timestamp, fee } = movement;
  const { symbol, decimals } = holding;
  return {
    walletId: id,
    direction,
    network,
    blockNumber,
    txHash,
    timestamp,
    metadata: { asset: { symbol, decimals, verified: true } },
    fee,
    ...particulars(movement, chainOf(network).isUtxo),
  };
}

/** The members that depend on the kind of the asset. */
function particulars(
  { holding, amount, from, to }: Movement,
  isUtxo: boolean,
): { kind: string; [member: string]: unknown } {
  const { asset, symbol, decimals } = holding;
  const { kind, ...identity } = asset;
  const value = String(amount);
  const oneToOne = { kind: `${kind}Transfer`, from, to };
  switch (kind) {
    case 'Native':
      if (isUtxo) return { kind: 'UtxoTransfer', ...manyToMany(from, to), value };
      return { ...oneToOne, value, symbol, decimals };
    case 'Aip21':
      return { ...oneToOne, value, ...renamed(asset) };
    case 'Coin':
      return { kind: 'CoinTransfer', from, ...{ tos: [to] }, value, ...identity };
    case 'Hts':
      return { kind: 'HtsTransfer', ...manyToMany(from, to), value, ...identity };
    case 'Erc20':
    case 'Erc7984':
      return { ...oneToOne, value, symbol, decimals, ...identity };
    case 'Erc721':
    case 'Hip17':
    case 'Trc721':
      return { ...oneToOne, ...identity };
    default:
      return { ...oneToOne, value, ...identity };
  }
}

const manyToMany = (from: string, to: string) => ({ froms: [from], tos: [to] });
const renamed = ({ metadata }: AssetId) => ({ metadataAddress: metadata });

/** The flat form in the history of the organisation: all members are texts. */
export function orgHistoryItem(item: HistoryItem) {
  const { timestamp, walletId, network, direction, txHash, kind, metadata, from, froms, to, tos, ...rest } = item;
  const { value, tokenId, fee } = rest;
  const { symbol, decimals } = metadata.asset;
  const { symbol: feeSymbol, decimals: feeDecimals } = chainOf(network);
  return {
    timestamp,
    walletId,
    network,
    direction,
    from: textOf(from ?? froms),
    to: textOf(to ?? tos),
    amount: textOf(value),
    tokenId: textOf(tokenId),
    asset: kind.replace(/Transfer$/, ''),
    symbol,
    decimals: textOf(decimals),
    fee: textOf(fee),
    feeSymbol,
    feeDecimals: String(feeDecimals),
    txHash,
  };
}

const textOf = (value: unknown) => (value === undefined ? undefined : String(value));
