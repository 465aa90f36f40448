import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { requirePermission } from '../access/permissions.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, list, object, oneOf, optional, text, type ValueOf } from '../bodies/shape.js';
import { bodyInvalid } from '../errors/refusals.js';
import { UserStore } from '../identities/user-store.js';
import { type PageQuery, page } from '../server/page.js';
import { Delegation } from './delegation.js';
import { network } from './networks.js';
import { WalletStore, walletAnswer } from './wallet-store.js';

const label = () => optional(text({ min: 0, max: 100 }));
const walletBody = object({
  network: network(),
  name: label(),
  signingKey: optional(
    object({
      id: optional(text()),
      scheme: optional(oneOf('ECDSA', 'EdDSA')),
      curve: optional(oneOf('secp256k1', 'ed25519')),
    }),
  ),
  delegateTo: optional(text()),
  delayDelegation: optional(boolean()),
  externalId: label(),
  tags: optional(list(text(), 10)),
});
type WalletBody = ValueOf<typeof walletBody>;

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];

/** `/wallets` (dfns-api 15.1, 15.2). */
@Controller('wallets')
export class WalletsController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly delegation: Delegation,
    private readonly users: UserStore,
  ) {}

  @Post()
  @Access({ callers, operation: 'createWallets', userAction: true })
  create(@CurrentCaller() caller: Caller, @JsonBody(walletBody) body: WalletBody) {
    const { signingKey, tags, ...request } = body;
    requirePermission(caller.user, signingKey?.id ? 'reuseKeys' : 'createKeys');
    if (tags) requirePermission(caller.user, 'tagWallets');
    const delegateTo = this.delegation.ofNewKey(caller, body.delegateTo);
    const key = signingKey?.id ? this.wallets.getKeyForUse(signingKey.id, caller) : undefined;
    if (key && body.delegateTo !== undefined && key.delegatedTo !== body.delegateTo) {
      throw bodyInvalid(['body.delegateTo is decided by the key of body.signingKey.id']);
    }
    return walletAnswer(this.wallets.create({ ...request, tags, delegateTo, key }));
  }

  @Get()
  @Access({ callers, operation: 'readWallets' })
  list(@CurrentCaller() { user }: Caller, @Query() query: PageQuery & { owner?: string }) {
    const owner = query.owner && (this.users.byUsername(query.owner)?.userId ?? query.owner);
    const shown = this.wallets.visibleTo(user).filter(({ key }) => !owner || key.delegatedTo === owner);
    const { items, nextPageToken } = page(shown, query);
    return { items: items.map(walletAnswer), nextPageToken };
  }

  @Get(':walletId')
  @Access({ callers, operation: 'readWallets' })
  get(@CurrentCaller() { user }: Caller, @Param('walletId') walletId: string) {
    return walletAnswer(this.wallets.get(walletId, user));
  }
}
