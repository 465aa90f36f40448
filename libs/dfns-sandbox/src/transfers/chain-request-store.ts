import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { identifier } from '../configuration/identifier.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { externalIdConflict, notFound } from '../errors/refusals.js';
import { requesterOf, type User } from '../identities/user-store.js';
import { KeptState } from '../state/kept-state.js';
import type { Wallet } from '../wallets/wallet-store.js';
import type { ChainRequest, Thing } from './chain-request.js';
import type { Spending } from './holdings.js';
import type { TransactionBody } from './transaction-body.js';
import type { TransferBody } from './transfer-body.js';

const PREFIXES = { transfer: 'xfr', transaction: 'tx' };

/** What a new request is made with. */
export interface NewChainRequest<B = TransferBody | TransactionBody> {
  wallet: Wallet;
  requester: User;
  body: B;
  moved?: Spending;
  recipient?: string;
  replaces?: ChainRequest;
  /** Of transfers only. */
  metadata?: ChainRequest['answer']['metadata'];
}

/** All transfers and transactions, oldest first. */
@Injectable()
export class ChainRequestStore {
  readonly #requests: ChainRequest[];

  constructor(
    private readonly config: SandboxConfig,
    state: KeptState,
  ) {
    this.#requests = state.keep('transfers and transactions', []);
  }

  add(thing: Thing, { wallet, requester, body, metadata, ...rest }: NewChainRequest): ChainRequest {
    const request: ChainRequest = {
      thing,
      wallet,
      requester,
      ...rest,
      answer: {
        id: identifier(PREFIXES[thing]),
        walletId: wallet.id,
        network: wallet.network,
        requester: requesterOf(requester),
        requestBody: body,
        status: 'Pending',
        dateRequested: this.config.date(),
        ...(metadata && { metadata }),
        ...(body.externalId !== undefined && { externalId: body.externalId }),
      },
    };
    this.#requests.push(request);
    return request;
  }

  all(thing: Thing): ChainRequest[] {
    return this.#requests.filter((request) => request.thing === thing);
  }

  /** The transfers and transactions of a wallet. */
  of({ id }: Wallet): ChainRequest[] {
    return this.#requests.filter(({ answer }) => answer.walletId === id);
  }

  /** @throws Refusal 404 `transfer not found`, `transaction not found` */
  get(thing: Thing, id: string, wallet?: Wallet): ChainRequest {
    const found = this.all(thing).find(({ answer }) => answer.id === id);
    if (found && (!wallet || found.wallet === wallet)) return found;
    throw notFound(thing, { [`${thing}Id`]: id, orgId: this.config.orgId });
  }

  /**
   * The earlier request with the same `externalId`, if this one repeats it (dfns-api 16.4). An end user learns only that
   * there is one, if it is of somebody else.
   *
   * @throws Refusal 409 if the earlier one is of another body or another wallet
   */
  repeated(thing: Thing, { wallet, requester, body }: NewChainRequest): ChainRequest | undefined {
    const { externalId } = body;
    if (externalId === undefined) return undefined;
    const earlier = this.all(thing).find(({ answer }) => answer.externalId === externalId);
    if (!earlier) return undefined;
    if (earlier.wallet === wallet && isDeepStrictEqual(earlier.answer.requestBody, body)) return earlier;
    const isVisible = requester.kind !== 'EndUser' || earlier.wallet.key.delegatedTo === requester.userId;
    throw externalIdConflict(thing, externalId, isVisible ? earlier.answer.id : undefined);
  }
}
