import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { requirePermission } from '../access/permissions.js';
import { bodyInvalid, notDelegable } from '../errors/refusals.js';
import { PlatformEvents } from '../events/platform-events.js';
import { UserStore } from '../identities/user-store.js';
import type { SigningKey } from './signing-key.js';
import { keyAnswer } from './signing-key.js';
import { WalletStore, walletAnswer } from './wallet-store.js';

/** Gives keys to end users. It cannot be undone (dfns-api 15.3, 15.4). */
@Injectable()
export class Delegation {
  constructor(
    private readonly wallets: WalletStore,
    private readonly users: UserStore,
    private readonly events: PlatformEvents,
  ) {}

  /**
   * The user id of the delegate of a new key. An end user always gets the key. All others may name an end user.
   *
   * @throws Refusal 403 without the permission, 400 if the delegate is not an end user
   */
  ofNewKey({ user }: Caller, delegateTo: string | undefined): string | undefined {
    if (user.kind === 'EndUser') return user.userId;
    if (delegateTo === undefined) return undefined;
    requirePermission(user, 'delegateKeys');
    return this.#endUser('delegateTo', delegateTo);
  }

  /**
   * Delegates a key with all its wallets.
   *
   * @param member the member of the body that names the user
   * @throws Refusal 412 if the key was not made for it or is delegated already, 400 if the delegate is not an end user
   */
  delegate(key: SigningKey, member: 'delegateTo' | 'userId', userId: string): void {
    const delegate = this.#endUser(member, userId);
    if (key.delegatedTo !== undefined) throw notDelegable('is delegated already');
    if (!key.isForDelegation) throw notDelegable('was not made with delayDelegation');
    key.delegatedTo = delegate;
    this.events.emit('key.delegated', { key: keyAnswer(key) });
    for (const wallet of this.wallets.ofKey(key))
      this.events.emit('wallet.delegated', { wallet: walletAnswer(wallet) });
  }

  #endUser(member: string, userId: string): string {
    if (this.users.byId(userId)?.kind === 'EndUser') return userId;
    throw bodyInvalid([`body.${member} is not an end user`]);
  }
}
