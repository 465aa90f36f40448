import type { RoleStore } from '../../access/role-store.js';
import type { UserStore } from '../../identities/user-store.js';
import type { Outbox } from '../../tokens/outbox.js';
import type { Section } from '../section.js';
import { ownerOf } from './wallet-sections.js';

/** `mails`: the codes that Dfns would have sent. */
export function mailsSection(outbox: Outbox): Section {
  return {
    name: 'mails',
    title: 'Outbox',
    words: 'The mails with codes that Dfns would have sent.',
    empty: 'No mail was sent yet.',
    columns: [
      { member: 'kind', title: 'Kind' },
      { member: 'to', title: 'To' },
      { member: 'code', title: 'Code', as: 'code' },
      { member: 'sentAt', title: 'Sent', as: 'date' },
    ],
    list: () =>
      outbox.list().map(({ kind, to, code, sentAt }) => {
        const date = new Date(sentAt).toISOString();
        return { id: `${kind} ${to} ${date}`, kind, to, code, sentAt: date, actions: [] };
      }),
  };
}

/** `personal-access-tokens`: tokens that users made for themselves. */
export function accessTokensSection(users: UserStore): Section {
  return {
    name: 'personal-access-tokens',
    title: 'Access tokens',
    words: 'Personal access tokens, which act for a user and have a key of their own.',
    empty: 'There is no personal access token yet.',
    columns: [
      { member: 'name', title: 'Name' },
      { member: 'user', title: 'User' },
      { member: 'state', title: 'State', as: 'state' },
      { member: 'permissions', title: 'Permissions', as: 'details' },
      { member: 'tokenId', title: 'Id', as: 'code' },
      { member: 'dateCreated', title: 'Created', as: 'date' },
    ],
    list: () =>
      users.all().flatMap((user) =>
        user.personalAccessTokens.map(({ tokenId, name, isActive, isLimited, assignments, dateCreated }) => ({
          id: tokenId,
          name,
          user: ownerOf(users, user.userId),
          state: isActive ? 'Active' : 'Deactivated',
          permissions: isLimited ? assignments.map(({ role }) => role.name) : ['all of its user'],
          tokenId,
          dateCreated,
          actions: [],
        })),
      ),
  };
}

/** `permissions`: named lists of operations, and who has them. */
export function permissionsSection(roles: RoleStore, users: UserStore): Section {
  return {
    name: 'permissions',
    title: 'Permissions',
    words: 'Named lists of operations, and who has them.',
    empty: 'There is no permission.',
    columns: [
      { member: 'name', title: 'Name' },
      { member: 'operations', title: 'Operations', as: 'details' },
      { member: 'holders', title: 'Who has it', as: 'details' },
      { member: 'state', title: 'State', as: 'state' },
      { member: 'permissionId', title: 'Id', as: 'code' },
    ],
    list: () =>
      roles.all().map(({ id, name, operations, isArchived }) => ({
        id,
        name,
        operations: [...operations],
        holders: roles.assignmentsOf(id).map(({ identityId }) => ownerOf(users, identityId)),
        state: isArchived ? 'Archived' : 'Active',
        permissionId: id,
        actions: [],
      })),
  };
}
