import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { bodyInvalid, wrongState } from '../errors/refusals.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { chainOf } from './chain.js';
import type { ChainRequest, Thing } from './chain-request.js';
import { ChainRequestStore } from './chain-request-store.js';
import { LifeCycle } from './life-cycle.js';

const SIGNED = '0x02';

/** Cancels and speeds up: a transaction with the same nonce takes the place of a request (dfns-api 16.12). */
@Injectable()
export class Replacement {
  constructor(
    private readonly wallets: WalletStore,
    private readonly requests: ChainRequestStore,
    private readonly lifeCycle: LifeCycle,
  ) {}

  /** @throws Refusal 400 if the chain has no cancel, 422 in another state than broadcasted or failed off the chain */
  cancel(thing: Thing, caller: Caller, walletId: string, id: string): ChainRequest {
    const original = this.#find(thing, caller, walletId, id);
    const { status, txHash } = original.answer;
    if (!chainOf(original.wallet.network).isEvm) throw bodyInvalid([`${original.wallet.network} has no cancel`]);
    const isOffChain = status === 'Failed' && txHash === undefined;
    if (status !== 'Broadcasted' && !isOffChain) throw wrongState(`${id} is ${status}`);
    const body = { kind: 'CancelTransaction', signedTx: SIGNED, ...(txHash !== undefined && { txHash }) };
    return this.#replace(original, caller, { body });
  }

  /** @throws Refusal 400 if the chain has no speed-up, 422 in another state than broadcasted */
  speedUp(thing: Thing, caller: Caller, walletId: string, id: string): ChainRequest {
    const original = this.#find(thing, caller, walletId, id);
    const { moved, recipient, wallet, answer } = original;
    const canHurry = chainOf(wallet.network).isEvm || /^Bitcoin(?!Cash)/.test(wallet.network);
    if (!canHurry) throw bodyInvalid([`${wallet.network} has no speed-up`]);
    if (answer.status !== 'Broadcasted') throw wrongState(`${id} is ${answer.status}`);
    const body = { kind: 'SpeedUpTransaction', txHash: answer.txHash, signedTx: SIGNED };
    return this.#replace(original, caller, { body, ...(moved && { moved }), ...(recipient && { recipient }) });
  }

  #find(thing: Thing, caller: Caller, walletId: string, id: string): ChainRequest {
    const request = this.requests.get(thing, id, this.wallets.getForUse(walletId, caller));
    const { replacementId } = request.answer;
    if (replacementId !== undefined) throw wrongState(`${id} is replaced by ${replacementId}`);
    return request;
  }

  #replace(
    replaces: ChainRequest,
    { user }: Caller,
    rest: Pick<ChainRequest, 'moved' | 'recipient'> & { body: { kind: string } },
  ): ChainRequest {
    const { wallet, answer } = replaces;
    const made = this.requests.add('transaction', { wallet, requester: user, replaces, ...rest });
    answer.replacementId = made.answer.id;
    this.lifeCycle.begin(made);
    return made;
  }
}
