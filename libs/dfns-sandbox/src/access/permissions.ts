import { forbidden } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { check } from '../journal/call-record.js';

const same = (...names: string[]) => [names];
const users = (name: string, older: string) => [[`Auth:Users:${name}`], [`Auth:Users:${older}`, 'Auth:Types:EndUser']];
const serviceAccounts = (name: string, older: string) => [
  [`Auth:ServiceAccounts:${name}`],
  [`Auth:Apps:${older}`, 'Auth:Types:ServiceAccount'],
];
const delegated = (name: string, older: string) => [
  [`Auth:${name}:Delegated`],
  [`Auth:Delegated:${name}`],
  [`Auth:Users:${older}`, 'Auth:Users:Delegate', 'Auth:Types:EndUser'],
];

/**
 * The permissions that each operation needs: all names of one list, and any of the lists is enough. There are several
 * lists because Dfns renamed its permissions twice (dfns-api 14.1).
 */
const OPERATIONS = {
  delegatedLogin: delegated('Login', 'Read'),
  delegatedRegistration: delegated('Register', 'Create'),
  delegatedRecovery: delegated('Recover', 'Create'),
  readUsers: same('Auth:Users:Read'),
  inviteUsers: same('Auth:Users:Create'),
  updateUsers: same('Auth:Users:Update'),
  archiveUsers: users('Delete', 'Update'),
  activateUsers: users('Activate', 'Update'),
  deactivateUsers: users('Deactivate', 'Update'),
  readServiceAccounts: serviceAccounts('Read', 'Read'),
  createServiceAccounts: serviceAccounts('Create', 'Create'),
  updateServiceAccounts: serviceAccounts('Update', 'Update'),
  activateServiceAccounts: serviceAccounts('Activate', 'Update'),
  deactivateServiceAccounts: serviceAccounts('Deactivate', 'Update'),
  archiveServiceAccounts: serviceAccounts('Delete', 'Update'),
  createPersonalAccessTokens: [['Auth:Pats:Create'], ['Auth:Users:Create', 'Auth:Types:Pat']],
  readApplications: same('Auth:Apps:Read'),
  readPermissions: same('Permissions:Read'),
  createPermissions: same('Permissions:Create'),
  updatePermissions: same('Permissions:Update'),
  archivePermissions: [['Permissions:Archive'], ['Permissions:Delete']],
  readAssignments: [['Permissions:Assignments:Read'], ['PermissionAssignments:Read']],
  assignPermissions: [['Permissions:Assign'], ['PermissionAssignments:Create']],
  revokePermissions: [['Permissions:Revoke'], ['PermissionAssignments:Revoke']],
  createWallets: same('Wallets:Create'),
  updateWallets: same('Wallets:Update'),
  tagWallets: [['Wallets:Tags:Add'], ['Wallets:Tags:Create']],
  untagWallets: [['Wallets:Tags:Delete'], ['Wallets:Tags:Remove']],
  delegateKeys: [['Keys:Delegate'], ['Wallets:Delegate']],
  createKeys: same('Keys:Create'),
  reuseKeys: same('Keys:Reuse'),
  updateKeys: same('Keys:Update'),
  exportKeys: same('Keys:Export'),
  importKeys: same('Keys:Import'),
  readWallets: same('Wallets:Read'),
  readKeys: same('Keys:Read'),
  createSignatures: [['Keys:Signatures:Create'], ['Wallets:GenerateSignature']],
  readSignatures: [['Keys:Signatures:Read'], ['Wallets:ReadSignature']],
  createWebhooks: same('Webhooks:Create'),
  readWebhooks: same('Webhooks:Read'),
  updateWebhooks: same('Webhooks:Update'),
  deleteWebhooks: same('Webhooks:Delete'),
  pingWebhooks: same('Webhooks:Ping'),
  readWebhookEvents: same('Webhooks:Events:Read'),
  createTransfers: [['Wallets:Transfers:Create'], ['Wallets:TransferAsset']],
  readTransfers: [['Wallets:Transfers:Read'], ['Wallets:ReadTransfer']],
  abortTransfers: same('Wallets:Transfers:Abort'),
  replaceTransfers: [['Wallets:Transactions:Create', 'Wallets:Transfers:Read']],
  createTransactions: [['Wallets:Transactions:Create'], ['Wallets:BroadcastTransaction']],
  readTransactions: [['Wallets:Transactions:Read'], ['Wallets:ReadTransaction']],
  abortTransactions: same('Wallets:Transactions:Abort'),
  replaceTransactions: [['Wallets:Transactions:Create', 'Wallets:Transactions:Read']],
  useFeeSponsors: same('FeeSponsors:Use'),
  createPolicies: same('Policies:Create'),
  readPolicies: same('Policies:Read'),
  updatePolicies: same('Policies:Update'),
  archivePolicies: [['Policies:Archive'], ['Policies:Delete']],
  readApprovals: [['Policies:Approvals:Read'], ['Policies:Evaluations:Read']],
  decideApprovals: [['Policies:Approvals:Approve'], ['Policies:Evaluations:Vote']],
} satisfies Record<string, string[][]>;

export type Operation = keyof typeof OPERATIONS;

/** @throws Refusal 403 with the name of the missing permission */
export function requirePermission(user: User, operation: Operation): void {
  const alternatives: string[][] = OPERATIONS[operation];
  const isGranted = alternatives.some((names) => names.every((name) => user.permissions.includes(name)));
  const needed = alternatives.map((names) => names.join(' and ')).join(', or ');
  check(`permission ${alternatives[0]}`, isGranted, isGranted ? undefined : `${user.username} has not ${needed}.`);
  if (!isGranted) throw forbidden(user.kind, user.userId, `${alternatives[0]}`);
}

/** The default permissions of a service account: all that a back end needs. */
export const SERVICE_ACCOUNT_PERMISSIONS = [
  'Auth:Login:Delegated',
  'Auth:Register:Delegated',
  'Auth:Recover:Delegated',
  'Auth:Users:Read',
  'Auth:Users:Delete',
  'Auth:Users:Activate',
  'Auth:Users:Deactivate',
  'Auth:ServiceAccounts:Read',
  'Wallets:Create',
  'Wallets:Read',
  'Wallets:Tags:Add',
  'Keys:Create',
  'Keys:Read',
  'Keys:Reuse',
  'Keys:Delegate',
  'Keys:Signatures:Create',
  'Keys:Signatures:Read',
  'Webhooks:Create',
  'Webhooks:Read',
  'Webhooks:Update',
  'Webhooks:Delete',
  'Webhooks:Ping',
  'Webhooks:Events:Read',
  'Keys:Update',
  'Wallets:Update',
  'Wallets:Tags:Delete',
  'Wallets:Transfers:Create',
  'Wallets:Transfers:Read',
  'Wallets:Transfers:Abort',
  'Wallets:Transactions:Create',
  'Wallets:Transactions:Read',
  'Wallets:Transactions:Abort',
  'Policies:Approvals:Read',
];

/** The permissions of employees. They are administrators. */
export const EMPLOYEE_PERMISSIONS = [
  ...SERVICE_ACCOUNT_PERMISSIONS,
  'Keys:Export',
  'Keys:Import',
  'FeeSponsors:Use',
  'Policies:Create',
  'Policies:Read',
  'Policies:Update',
  'Policies:Archive',
  'Policies:Approvals:Approve',
  'Auth:Users:Create',
  'Auth:Users:Update',
  'Auth:Apps:Read',
  'Auth:ServiceAccounts:Create',
  'Auth:ServiceAccounts:Update',
  'Auth:ServiceAccounts:Activate',
  'Auth:ServiceAccounts:Deactivate',
  'Auth:ServiceAccounts:Delete',
  'Auth:Pats:Create',
  'Permissions:Create',
  'Permissions:Read',
  'Permissions:Update',
  'Permissions:Archive',
  'Permissions:Assign',
  'Permissions:Revoke',
  'Permissions:Assignments:Read',
];

/**
 * The permissions of end users: the role `ManagedDefaultEndUserAccess`, and also `Wallets:Create` and `Keys:Create`. At
 * Dfns each organisation decides about these two (dfns-api 14.3).
 */
export const END_USER_PERMISSIONS = [
  'Keys:Create',
  'Keys:Read',
  'Keys:Signatures:Create',
  'Keys:Signatures:Read',
  'Wallets:Create',
  'Wallets:Read',
  'Wallets:Transactions:Create',
  'Wallets:Transactions:Read',
  'Wallets:Transfers:Create',
  'Wallets:Transfers:Read',
];
