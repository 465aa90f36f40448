import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { type PageQuery, page } from '../server/page.js';
import { type SignatureBody, signatureBody } from './signature-request.js';
import { SignatureStore } from './signature-store.js';
import { WalletStore } from './wallet-store.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** `/keys/{keyId}/signatures` (dfns-api 15.6). */
@Controller('keys/:keyId/signatures')
export class KeySignaturesController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly signatures: SignatureStore,
  ) {}

  @Post()
  @Access({ callers, operation: 'createSignatures', userAction: true })
  sign(@CurrentCaller() caller: Caller, @Param('keyId') keyId: string, @JsonBody(signatureBody) body: SignatureBody) {
    return this.signatures.create(caller.user, this.wallets.getKeyForUse(keyId, caller), body);
  }

  @Get()
  @Access({ callers, operation: 'readSignatures' })
  list(@CurrentCaller() { user }: Caller, @Param('keyId') keyId: string, @Query() query: PageQuery) {
    return { keyId, ...page(this.signatures.of(this.wallets.getKey(keyId, user).id), query) };
  }

  @Get(':signatureId')
  @Access({ callers, operation: 'readSignatures' })
  get(@CurrentCaller() { user }: Caller, @Param('keyId') keyId: string, @Param('signatureId') signatureId: string) {
    return this.signatures.get(this.wallets.getKey(keyId, user).id, signatureId);
  }
}
