import { Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { object } from '../bodies/shape.js';
import { SandboxConfig } from '../configuration/sandbox-config.js';
import { newestPage, type PageQuery } from '../server/page.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { answerOf } from './chain-request.js';
import { ChainRequestStore } from './chain-request-store.js';
import { LifeCycle } from './life-cycle.js';
import { Replacement } from './replacement.js';
import { RequestOpening } from './request-opening.js';
import { type TransferBody, transferBody } from './transfer-body.js';

const SIZES = { max: 500 };
const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];
const nothing = object({});

/** `/wallets/{walletId}/transfers` (dfns-api 16.1). */
@Controller('wallets/:walletId/transfers')
export class TransfersController {
  constructor(
    private readonly config: SandboxConfig,
    private readonly wallets: WalletStore,
    private readonly requests: ChainRequestStore,
    private readonly opening: RequestOpening,
    private readonly replacement: Replacement,
    private readonly lifeCycle: LifeCycle,
  ) {}

  @Post()
  @Access({ callers, operation: 'createTransfers', userAction: true })
  create(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @JsonBody(transferBody) body: TransferBody,
  ) {
    return answerOf(this.opening.transfer(caller, walletId, body));
  }

  @Get()
  @Access({ callers, operation: 'readTransfers' })
  list(@CurrentCaller() { user }: Caller, @Param('walletId') walletId: string, @Query() query: PageQuery) {
    const ofWallet = this.requests.of(this.wallets.get(walletId, user)).filter(({ thing }) => thing === 'transfer');
    const { items, nextPageToken } = newestPage(ofWallet, query, SIZES);
    return { walletId, items: items.map(answerOf), nextPageToken };
  }

  @Get(':id')
  @Access({ callers, operation: 'readTransfers' })
  get(@CurrentCaller() { user }: Caller, @Param('walletId') walletId: string, @Param('id') id: string) {
    return answerOf(this.requests.get('transfer', id, this.wallets.get(walletId, user)));
  }

  @Post(':id/cancel')
  @Access({ callers, operation: 'replaceTransfers', userAction: true })
  cancel(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @Param('id') id: string,
    @JsonBody(nothing) _: object,
  ) {
    return answerOf(this.replacement.cancel('transfer', caller, walletId, id));
  }

  @Post(':id/speed-up')
  @Access({ callers, operation: 'replaceTransfers', userAction: true })
  speedUp(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @Param('id') id: string,
    @JsonBody(nothing) _: object,
  ) {
    return answerOf(this.replacement.speedUp('transfer', caller, walletId, id));
  }

  @Put(':id/abort')
  @Access({ callers, operation: 'abortTransfers', userAction: true })
  abort(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @Param('id') id: string,
    @JsonBody(nothing) _: object,
  ) {
    const request = this.requests.get('transfer', id, this.wallets.getForUse(walletId, caller));
    this.lifeCycle.abort(request, this.config.now());
    return answerOf(request);
  }
}
