import { described, object } from '../../bodies/shape.js';
import type { UserStore } from '../../identities/user-store.js';
import { network } from '../../wallets/networks.js';
import type { SignatureStore } from '../../wallets/signature-store.js';
import { type WalletRequest, type WalletStore, walletAnswer } from '../../wallets/wallet-store.js';
import type { Organisation } from '../organisation.js';
import { optionalText, type Section } from '../section.js';

const walletBody = object({
  network: described('For example EthereumSepolia.', network()),
  name: optionalText('A name for people.'),
  delegateTo: optionalText('The username or the user id of an end user. Without it, the organisation owns the wallet.'),
});

/** `wallets`: wallets of users and of the organisation. */
export function walletsSection(organisation: Organisation, wallets: WalletStore, users: UserStore): Section {
  return {
    name: 'wallets',
    title: 'Wallets',
    words: 'A wallet that is delegated belongs to one end user, and only this user can sign for it.',
    empty: 'There is no wallet yet.',
    columns: [
      { member: 'name', title: 'Name' },
      { member: 'network', title: 'Network' },
      { member: 'owner', title: 'Owner' },
      { member: 'address', title: 'Address', as: 'code' },
      { member: 'walletId', title: 'Id', as: 'code' },
      { member: 'dateCreated', title: 'Created', as: 'date' },
    ],
    list: () =>
      wallets.all().map((wallet) => ({
        id: wallet.id,
        name: wallet.name,
        network: wallet.network,
        owner: ownerOf(users, wallet.key.delegatedTo),
        address: walletAnswer(wallet).address,
        walletId: wallet.id,
        dateCreated: wallet.dateCreated,
        actions: [],
      })),
    create: {
      label: 'Add a wallet',
      words: 'Makes a wallet with a new key.',
      body: walletBody,
      form: ['network', 'name', 'delegateTo'],
      run: (body: Pick<WalletRequest, 'network' | 'name' | 'delegateTo'>) => organisation.createWallet(body),
    },
  };
}

/** `signatures`: what the keys of wallets signed. */
export function signaturesSection(signatures: SignatureStore, users: UserStore): Section {
  return {
    name: 'signatures',
    title: 'Signatures',
    words: 'Messages, hashes and transactions that keys and wallets signed.',
    empty: 'Nothing was signed yet.',
    columns: [
      { member: 'kind', title: 'Kind' },
      { member: 'status', title: 'State', as: 'state' },
      { member: 'requester', title: 'Requested by' },
      { member: 'key', title: 'Key or wallet', as: 'code' },
      { member: 'signature', title: 'Signature', as: 'code' },
      { member: 'dateRequested', title: 'Requested', as: 'date' },
    ],
    list: () =>
      signatures.all().map(({ id, requestBody, status, requester, walletId, keyId, signature, dateRequested }) => ({
        id,
        kind: requestBody.kind,
        status,
        requester: ownerOf(users, requester.userId),
        key: walletId ?? keyId,
        signature: signature?.encoded,
        dateRequested,
        actions: [],
      })),
  };
}

/** The name of a user for people. */
export function ownerOf(users: UserStore, userId: string | undefined): string {
  const user = userId === undefined ? undefined : users.byId(userId);
  return (user?.isServiceAccount ? user.name : user?.username) ?? userId ?? 'the organisation';
}
