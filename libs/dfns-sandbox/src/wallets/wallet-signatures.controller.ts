import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { type PageQuery, page } from '../server/page.js';
import { type SignatureBody, signatureBody } from './signature-request.js';
import { SignatureStore } from './signature-store.js';
import { WalletStore } from './wallet-store.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** `/wallets/{walletId}/signatures` (dfns-api 15.7). */
@Controller('wallets/:walletId/signatures')
export class WalletSignaturesController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly signatures: SignatureStore,
  ) {}

  @Post()
  @Access({ callers, operation: 'createSignatures', userAction: true })
  create(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @JsonBody(signatureBody) body: SignatureBody,
  ) {
    const wallet = this.wallets.getForUse(walletId, caller);
    return this.signatures.create(caller.user, wallet.key, body, wallet);
  }

  @Get()
  @Access({ callers, operation: 'readSignatures' })
  list(@CurrentCaller() { user }: Caller, @Param('walletId') walletId: string, @Query() query: PageQuery) {
    const { key } = this.wallets.get(walletId, user);
    return { walletId, keyId: key.id, ...page(this.signatures.of(walletId), query) };
  }

  @Get(':signatureId')
  @Access({ callers, operation: 'readSignatures' })
  get(
    @CurrentCaller() { user }: Caller,
    @Param('walletId') walletId: string,
    @Param('signatureId') signatureId: string,
  ) {
    return this.signatures.get(this.wallets.get(walletId, user).id, signatureId);
  }
}
