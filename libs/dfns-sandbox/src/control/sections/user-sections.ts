import { boolean, described, list, object, oneOf, optional, text } from '../../bodies/shape.js';
import type { User, UserStore } from '../../identities/user-store.js';
import type { ServiceAccountFactory, ServiceAccountRequest } from '../../service-accounts/service-account-factory.js';
import type { UserFactory, UserRequest } from '../../users/user-factory.js';
import { network } from '../../wallets/networks.js';
import type { WalletStore } from '../../wallets/wallet-store.js';
import type { Organisation } from '../organisation.js';
import { optionalText, type Section } from '../section.js';

const key = { publicKey: optionalText('PEM. Without it, the sandbox makes a key pair.'), credId: optional(text()) };
const permissions = optional(list(text()));

/** The members of the argument of `createUser`. */
export const userMembers = {
  username: described('The username, for example an email address.', text()),
  kind: described('Default: EndUser.', optional(oneOf('EndUser', 'CustomerEmployee'))),
  registered: described('False leaves the registration open. Default: true.', optional(boolean())),
  credential: optional(object(key)),
  recoveryCredential: optional(object({ ...key, encryptedPrivateKey: optional(text()) })),
  wallets: optional(list(object({ network: network(), name: optional(text()) }))),
  permissions,
  userId: optional(text()),
  externalId: optional(text()),
};

/** The argument of `createServiceAccount`. */
export const serviceAccountBody = object({ name: optionalText('A name for people.'), ...key, permissions });

/** `users`: end users and employees. */
export function usersSection(
  organisation: Organisation,
  users: UserStore,
  factory: UserFactory,
  wallets: WalletStore,
): Section {
  return {
    name: 'users',
    title: 'Users',
    words: 'End users and employees of the organisation.',
    empty: 'There is no user yet. A back end registers users, or add one here.',
    columns: [
      { member: 'username', title: 'Username' },
      { member: 'kind', title: 'Kind' },
      { member: 'state', title: 'State', as: 'state' },
      { member: 'wallets', title: 'Wallets' },
      { member: 'credentials', title: 'Credentials', as: 'details' },
      { member: 'userId', title: 'Id', as: 'code' },
    ],
    list: () =>
      users
        .all()
        .filter(({ isServiceAccount }) => !isServiceAccount)
        .map((user) => ({
          id: user.username,
          username: user.username,
          kind: user.kind,
          state: stateOf(user),
          wallets: wallets.all().filter((wallet) => wallet.key.delegatedTo === user.userId).length,
          credentials: user.credentials.map(
            ({ kind, name, credId, isActive }) => `${kind} · ${name} · ${credId}${isActive ? '' : ' · not active'}`,
          ),
          userId: user.userId,
          actions: ['issue-token', user.isActive ? 'deactivate' : 'activate'],
        })),
    create: {
      label: 'Add a user',
      words: 'Makes a user who needs no registration, with a software key. The answer has the private key.',
      body: object(userMembers),
      form: ['username', 'kind', 'registered'],
      run: (body: UserRequest) => factory.create(body),
    },
    actions: {
      'issue-token': {
        label: 'Make a token',
        words: 'Makes a user token without a login.',
        run: (username) => ({ token: organisation.issueUserToken(username) }),
      },
      deactivate: {
        label: 'Deactivate',
        words: 'Deactivates the user. All tokens of the user end immediately.',
        isFinal: true,
        run: (username) => organisation.deactivateUser(username),
      },
      activate: {
        label: 'Activate',
        words: 'Activates the user. The tokens that ended stay ended.',
        run: (username) => organisation.activateUser(username),
      },
    },
  };
}

/** `service-accounts`: the machine users of back ends. */
export function serviceAccountsSection(users: UserStore, factory: ServiceAccountFactory): Section {
  return {
    name: 'service-accounts',
    title: 'Service accounts',
    words: 'Back ends call with the token of a service account, and sign with its key.',
    empty: 'There is no service account yet. A back end needs one to call.',
    columns: [
      { member: 'name', title: 'Name' },
      { member: 'state', title: 'State', as: 'state' },
      { member: 'permissions', title: 'Permissions', as: 'details' },
      { member: 'credId', title: 'Credential', as: 'code' },
      { member: 'userId', title: 'Id', as: 'code' },
    ],
    list: () =>
      users
        .all()
        .filter(({ isServiceAccount }) => isServiceAccount)
        .map((user) => ({
          id: user.userId,
          name: user.name,
          state: stateOf(user),
          permissions: [...user.permissions],
          credId: user.credentials[0]?.credId,
          userId: user.userId,
          actions: [],
        })),
    create: {
      label: 'Add a service account',
      words:
        'Makes a service account with all permissions of a back end. The answer has its token and its private key.',
      body: serviceAccountBody,
      form: ['name'],
      run: (body: ServiceAccountRequest) => factory.create(body),
    },
  };
}

function stateOf({ isArchived, isActive, isRegistered }: User): string {
  if (isArchived) return 'Archived';
  if (!isActive) return 'Deactivated';
  return isRegistered ? 'Active' : 'Registration open';
}
