import { forbidden } from '../errors/refusals.js';
import type { User } from '../identities/user-store.js';
import { check } from '../journal/call-record.js';

const same = (...names: string[]) => [names];
const users = (name: string, older: string) => [[`Auth:Users:${name}`], [`Auth:Users:${older}`, 'Auth:Types:EndUser']];
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
  archiveUsers: users('Delete', 'Update'),
  activateUsers: users('Activate', 'Update'),
  deactivateUsers: users('Deactivate', 'Update'),
  readServiceAccounts: [['Auth:ServiceAccounts:Read'], ['Auth:Apps:Read', 'Auth:Types:ServiceAccount']],
  createServiceAccounts: [['Auth:ServiceAccounts:Create'], ['Auth:Apps:Create', 'Auth:Types:ServiceAccount']],
  createWallets: same('Wallets:Create'),
  tagWallets: same('Wallets:Tags:Add'),
  delegateKeys: [['Keys:Delegate'], ['Wallets:Delegate']],
  reuseKeys: same('Keys:Reuse'),
  readWallets: same('Wallets:Read'),
  readKeys: same('Keys:Read'),
  createSignatures: [['Keys:Signatures:Create'], ['Wallets:GenerateSignature']],
  readSignatures: [['Keys:Signatures:Read'], ['Wallets:ReadSignature']],
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
];

/** The permissions of employees. They are administrators. */
export const EMPLOYEE_PERMISSIONS = [...SERVICE_ACCOUNT_PERMISSIONS, 'Auth:ServiceAccounts:Create'];

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
