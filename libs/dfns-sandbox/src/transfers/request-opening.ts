import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { requirePermission } from '../access/permissions.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { bodyInvalid, notFound } from '../errors/refusals.js';
import { type Wallet, WalletStore } from '../wallets/wallet-store.js';
import { chainOf } from './chain.js';
import type { ChainRequest, Thing } from './chain-request.js';
import { ChainRequestStore, type NewChainRequest } from './chain-request-store.js';
import { assetOf, Holdings } from './holdings.js';
import { LifeCycle } from './life-cycle.js';
import type { TransactionBody } from './transaction-body.js';
import { EVM_ADDRESS, type TransferBody } from './transfer-body.js';

/** Opens transfers and transactions: checks what the body says about this wallet, and `externalId`. */
@Injectable()
export class RequestOpening {
  constructor(
    private readonly config: SandboxConfig,
    private readonly wallets: WalletStore,
    private readonly requests: ChainRequestStore,
    private readonly holdings: Holdings,
    private readonly lifeCycle: LifeCycle,
  ) {}

  /** @throws Refusal 400 for a kind or an address of another chain, 403, 404, 409 for an `externalId` of another request */
  transfer(caller: Caller, walletId: string, body: TransferBody): ChainRequest {
    const wallet = this.#walletFor(caller, walletId, body);
    const { isEvm, kinds } = chainOf(wallet.network);
    expectKind(wallet, body.kind, ['Native', ...kinds]);
    if (isEvm && !EVM_ADDRESS.test(body.to)) throw bodyInvalid([`body.to is not an address of ${wallet.network}`]);
    const moved = { asset: assetOf(body), amount: BigInt(body.amount ?? 1) };
    const holding = this.holdings.find(wallet, moved.asset);
    const asset = holding ? { symbol: holding.symbol, decimals: holding.decimals, verified: true } : {};
    const recipient = body.to;
    return this.#open('transfer', { wallet, requester: caller.user, body, moved, recipient, metadata: { asset } });
  }

  /** @throws as {@link transfer} */
  transaction(caller: Caller, walletId: string, body: TransactionBody): ChainRequest {
    const wallet = this.#walletFor(caller, walletId, body);
    expectKind(wallet, body.kind, ['Transaction', ...chainOf(wallet.network).transactions]);
    const isPlain = (body.kind === 'Evm' || body.kind === 'Eip1559') && body.to !== undefined;
    const moved = { asset: { kind: 'Native' }, amount: BigInt(body.value ?? 0) };
    const rest = isPlain ? { moved, recipient: body.to } : {};
    return this.#open('transaction', { wallet, requester: caller.user, body, ...rest });
  }

  #walletFor(caller: Caller, walletId: string, { feeSponsorId }: TransferBody | TransactionBody): Wallet {
    if (feeSponsorId !== undefined) requirePermission(caller.user, 'useFeeSponsors');
    const wallet = this.wallets.getForUse(walletId, caller);
    // The sandbox has no fee sponsors.
    if (feeSponsorId !== undefined) throw notFound('fee sponsor', { feeSponsorId, orgId: this.config.orgId });
    return wallet;
  }

  #open(thing: Thing, request: NewChainRequest): ChainRequest {
    const earlier = this.requests.repeated(thing, request);
    if (earlier) return earlier;
    const made = this.requests.add(thing, request);
    this.lifeCycle.begin(made);
    return made;
  }
}

function expectKind({ network }: Wallet, kind: string, allowed: string[]): void {
  if (network.startsWith('Key')) throw bodyInvalid([`a wallet of ${network} has no chain`]);
  if (!allowed.includes(kind)) throw bodyInvalid([`body.kind ${kind} is not one of ${network}: ${allowed.join(', ')}`]);
}
