import { Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access, type AccessRule } from '../access/access-rule.js';
import { type Caller, CurrentCaller } from '../access/caller.js';
import { JsonBody } from '../bodies/json-body.decorator.js';
import { boolean, object, oneOf, optional, satisfying, text, type ValueOf } from '../bodies/shape.js';
import { bodyInvalid, notInSandbox } from '../errors/refusals.js';
import { type PageQuery, page } from '../server/page.js';
import { Delegation } from './delegation.js';
import { keyAnswer } from './signing-key.js';
import { WalletStore } from './wallet-store.js';

const keyBody = object({
  scheme: oneOf('ECDSA', 'EdDSA'),
  curve: oneOf('secp256k1', 'ed25519'),
  name: optional(text({ max: 100 })),
  delegateTo: optional(text()),
  delayDelegation: optional(boolean()),
});
const nameBody = object({
  name: satisfying<string | null>(
    'a text of at most 100 characters, or null',
    (value) => value === null || (typeof value === 'string' && value.length <= 100),
  ),
});
const delegateBody = object({ delegateTo: text() });

const callers: AccessRule['callers'] = ['CustomerEmployee', 'EndUser', 'ServiceAccount'];
const staff: AccessRule['callers'] = ['CustomerEmployee', 'ServiceAccount'];

/** `/keys` (dfns-api 15.5). */
@Controller('keys')
export class KeysController {
  constructor(
    private readonly wallets: WalletStore,
    private readonly delegation: Delegation,
  ) {}

  @Post()
  @Access({ callers, operation: 'createKeys', userAction: true })
  create(@CurrentCaller() caller: Caller, @JsonBody(keyBody) body: ValueOf<typeof keyBody>) {
    const { scheme, curve, ...request } = body;
    if ((scheme === 'EdDSA') !== (curve === 'ed25519')) throw bodyInvalid([`body.curve is not a curve of ${scheme}`]);
    const delegateTo = this.delegation.ofNewKey(caller, body.delegateTo);
    return keyAnswer(this.wallets.createKey({ scheme, curve }, { ...request, delegateTo }));
  }

  @Post('import')
  @Access({ callers: staff, operation: 'importKeys', userAction: true })
  import() {
    throw notInSandbox('The import of keys');
  }

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
    return {
      ...keyAnswer(key),
      wallets: this.wallets.ofKey(key).map(({ id, network }) => ({ id, network })),
      store: { id: 'sandbox', kind: 'Mpc', keyId },
    };
  }

  @Put(':keyId')
  @Access({ callers, operation: 'updateKeys', userAction: true })
  update(
    @CurrentCaller() caller: Caller,
    @Param('keyId') keyId: string,
    @JsonBody(nameBody) { name }: ValueOf<typeof nameBody>,
  ) {
    const key = this.wallets.getKeyForUse(keyId, caller);
    key.name = name ?? undefined;
    return keyAnswer(key);
  }

  @Post(':keyId/delegate')
  @Access({ callers: staff, operation: 'delegateKeys', userAction: true })
  delegate(
    @CurrentCaller() { user }: Caller,
    @Param('keyId') keyId: string,
    @JsonBody(delegateBody) { delegateTo }: ValueOf<typeof delegateBody>,
  ) {
    this.delegation.delegate(this.wallets.getKey(keyId, user), 'delegateTo', delegateTo);
    return { keyId, status: 'Delegated' };
  }

  @Post(':keyId/export')
  @Access({ callers, operation: 'exportKeys', userAction: true })
  export(@CurrentCaller() caller: Caller, @Param('keyId') keyId: string) {
    this.wallets.getKeyForUse(keyId, caller);
    throw notInSandbox('The export of keys');
  }
}
