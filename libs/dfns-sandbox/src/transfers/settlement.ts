import { Injectable } from '@nestjs/common';
import { WalletStore, walletAddress } from '../wallets/wallet-store.js';
import type { ChainRequest } from './chain-request.js';
import { ChainRequestStore } from './chain-request-store.js';
import { History } from './history.js';
import { type AssetId, assetKey, Holdings, type Spending } from './holdings.js';

/** In the smallest unit of the native asset of every chain. */
const FEE = 21_000n;
const NATIVE: AssetId = { kind: 'Native' };

/** What requests cost, whether a wallet has it, and what their confirmation moves. */
@Injectable()
export class Settlement {
  constructor(
    private readonly requests: ChainRequestStore,
    private readonly wallets: WalletStore,
    private readonly holdings: Holdings,
    private readonly history: History,
  ) {}

  /** A replacement pays 10 % more (dfns-api 16.12). */
  feeOf({ replaces }: ChainRequest): bigint {
    return replaces ? (this.feeOf(replaces) * 110n) / 100n : FEE;
  }

  /** Why the wallet cannot pay, or `undefined`. What other requests under way spend is not available. */
  shortageOf(request: ChainRequest): string | undefined {
    const open = this.requests
      .of(request.wallet)
      .filter(({ answer }) => ['Executing', 'Broadcasted'].includes(answer.status) && !answer.replacementId);
    for (const { asset } of this.#spendings(request)) {
      const needed = open.reduce((sum, one) => sum + this.#spent(one, asset), 0n);
      const balance = this.holdings.find(request.wallet, asset)?.balance ?? 0n;
      if (needed > balance) return `insufficient balance: ${Object.values(asset).join(' ')}`;
    }
    return undefined;
  }

  /** Moves what a confirmed request moves. A wallet of the sandbox that has the address receives it. */
  settle(request: ChainRequest, timestamp: string): void {
    const { wallet, moved, recipient = '', answer } = request;
    for (const spending of this.#spendings(request)) this.holdings.take(wallet, spending);
    const holding = moved && this.holdings.find(wallet, moved.asset);
    if (!moved || !holding || moved.amount === 0n) return;
    const receiver = this.wallets
      .all()
      .find((one) => one.network === wallet.network && walletAddress(one)?.toLowerCase() === recipient.toLowerCase());
    if (receiver) this.holdings.receive(receiver, holding, moved.amount);
    const from = walletAddress(wallet) ?? '';
    const { txHash = '', fee = '' } = answer;
    const movement = { holding, amount: moved.amount, from, to: recipient, fee, txHash, timestamp };
    this.history.add(movement, wallet, receiver);
  }

  replacementOf({ wallet, answer }: ChainRequest): ChainRequest | undefined {
    return this.requests.of(wallet).find((one) => one.answer.id === answer.replacementId);
  }

  #spendings(request: ChainRequest): Spending[] {
    return [...(request.moved ? [request.moved] : []), { asset: NATIVE, amount: this.feeOf(request) }];
  }

  #spent(request: ChainRequest, asset: AssetId): bigint {
    const same = this.#spendings(request).filter((one) => assetKey(one.asset) === assetKey(asset));
    return same.reduce((sum, { amount }) => sum + amount, 0n);
  }
}
