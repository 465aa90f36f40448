import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { type PageQuery, page } from '../server/page.js';
import { type SignatureBody, signatureBody } from './signature-request.js';
import { SignatureStore } from './signature-store.js';
import { keyAnswer } from './signing-key.js';
import { WalletStore } from './wallet-store.js';

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** `/keys` (dfns-api 15.5, 15.6). A key is made together with a wallet. */
@Controller('keys')
export class KeysController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly signatures: SignatureStore,
  ) {}

  @Get()
  @Access({ callers, operation: 'readKeys' })
  list(@CurrentCaller() { user }: Caller, @Query() query: PageQuery) {
    const { items, nextPageToken } = page(this.wallets.keysVisibleTo(user), query);
    return { items: items.map(keyAnswer), nextPageToken };
  }

  @Get(':keyId')
  @Access({ callers, operation: 'readKeys' })
  get(@CurrentCaller() { user }: Caller, @Param('keyId') keyId: string) {
    const key = this.wallets.getKey(keyId, user);
    const wallets = this.wallets.visibleTo(user).filter((wallet) => wallet.key === key);
    return {
      ...keyAnswer(key),
      wallets: wallets.map(({ id, network }) => ({ id, network })),
      store: { id: 'sandbox', kind: 'Mpc', keyId },
    };
  }

  @Post(':keyId/signatures')
  @Access({ callers, operation: 'createSignatures', userAction: true })
  sign(@CurrentCaller() { user }: Caller, @Param('keyId') keyId: string, @JsonBody(signatureBody) body: SignatureBody) {
    return this.signatures.create(user, this.wallets.getKey(keyId, user), body);
  }

  @Get(':keyId/signatures')
  @Access({ callers, operation: 'readSignatures' })
  listSignatures(@CurrentCaller() { user }: Caller, @Param('keyId') keyId: string, @Query() query: PageQuery) {
    return { keyId, ...page(this.signatures.of(this.wallets.getKey(keyId, user).id), query) };
  }

  @Get(':keyId/signatures/:signatureId')
  @Access({ callers, operation: 'readSignatures' })
  getSignature(
    @CurrentCaller() { user }: Caller,
    @Param('keyId') keyId: string,
    @Param('signatureId') signatureId: string,
  ) {
    return this.signatures.get(this.wallets.getKey(keyId, user).id, signatureId);
  }
}
