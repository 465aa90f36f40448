import { Controller, Delete, Param, Post, Put } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { list, object, optional, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { bodyInvalid, notInSandbox } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { Delegation } from './delegation.js';
import { type Wallet, WalletStore, walletAnswer } from './wallet-store.js';

const MAX_TAGS = 10;

const label = optional(
  satisfying<string | null>('a text of at most 100 characters, or null', (value) => {
    return value === null || (typeof value === 'string' && value.length <= 100);
  }),
);
const updateBody = object({ name: label, externalId: label });
const tagsBody = object({ tags: list(text(), MAX_TAGS) });
const delegateBody = object({ userId: text() });
type TagsBody = ValueOf<typeof tagsBody>;

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];
const staff: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** Changes of wallets (dfns-api 15.8). */
@Controller('wallets')
export class WalletChangesController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly delegation: Delegation,
    private readonly events: PlatformEvents,
  ) {}

  @Post('import')
  @Access({ callers: staff, operation: 'importKeys', userAction: true })
  import() {
    throw notInSandbox('The import of wallets');
  }

  @Put(':walletId')
  @Access({ callers, operation: 'updateWallets', userAction: true })
  update(
    @CurrentCaller() caller: Caller,
    @Param('walletId') walletId: string,
    @JsonBody(updateBody) body: ValueOf<typeof updateBody>,
  ) {
    const wallet = this.wallets.getForUse(walletId, caller);
    if (body.name !== undefined) wallet.name = body.name ?? undefined;
    if (body.externalId !== undefined) wallet.externalId = body.externalId ?? undefined;
    return walletAnswer(wallet);
  }

  @Put(':walletId/tags')
  @Access({ callers: staff, operation: 'tagWallets', userAction: true })
  tag(@CurrentCaller() caller: Caller, @Param('walletId') walletId: string, @JsonBody(tagsBody) { tags }: TagsBody) {
    const wallet = this.wallets.getForUse(walletId, caller);
    const tagsAdded = [...new Set(tags)].filter((tag) => !wallet.tags.includes(tag));
    if (wallet.tags.length + tagsAdded.length > MAX_TAGS) {
      throw bodyInvalid([`body.tags would give the wallet more than ${MAX_TAGS} tags`]);
    }
    return this.#changeTags(wallet, { tagsAdded, tagsRemoved: [] });
  }

  @Delete(':walletId/tags')
  @Access({ callers: staff, operation: 'untagWallets', userAction: true })
  untag(@CurrentCaller() caller: Caller, @Param('walletId') walletId: string, @JsonBody(tagsBody) { tags }: TagsBody) {
    const wallet = this.wallets.getForUse(walletId, caller);
    return this.#changeTags(wallet, { tagsAdded: [], tagsRemoved: wallet.tags.filter((tag) => tags.includes(tag)) });
  }

  /** Superseded by `/keys/{keyId}/delegate` (dfns-api 20.19). */
  @Post(':walletId/delegate')
  @Access({ callers: staff, operation: 'delegateKeys', userAction: true })
  delegate(
    @CurrentCaller() { user }: Caller,
    @Param('walletId') walletId: string,
    @JsonBody(delegateBody) { userId }: ValueOf<typeof delegateBody>,
  ) {
    this.delegation.delegate(this.wallets.get(walletId, user).key, 'userId', userId);
    return { walletId, status: 'Delegated' };
  }

  @Post(':walletId/export')
  @Access({ callers, operation: 'exportKeys', userAction: true })
  export(@CurrentCaller() caller: Caller, @Param('walletId') walletId: string) {
    this.wallets.getForUse(walletId, caller);
    throw notInSandbox('The export of wallets');
  }

  #changeTags(wallet: Wallet, change: { tagsAdded: string[]; tagsRemoved: string[] }) {
    const { tagsAdded, tagsRemoved } = change;
    wallet.tags = [...wallet.tags.filter((tag) => !tagsRemoved.includes(tag)), ...tagsAdded];
    if (tagsAdded.length + tagsRemoved.length > 0) {
      this.events.emit('wallet.tags.modified', { wallet: walletAnswer(wallet), ...change });
    }
    return {};
  }
}
