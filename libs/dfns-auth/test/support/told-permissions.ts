import type { CreatedServiceAccount, DfnsSandbox } from 'dfns-sandbox';

/** What a back end needs at least (dfns-api 14.2). */
export const REQUIRED_PERMISSIONS = [
  'Auth:Login:Delegated',
  'Auth:Register:Delegated',
  'Auth:Recover:Delegated',
  'Auth:Users:Read',
  'Wallets:Create',
  'Wallets:Read',
  'Keys:Create',
  'Keys:Delegate',
];

/** What all operations of the library need. */
export const ALL_PERMISSIONS = [
  ...REQUIRED_PERMISSIONS,
  'Auth:Users:Activate',
  'Auth:Users:Deactivate',
  'Auth:Users:Delete',
];

/** Has the sandbox give this answer to an account that reads about itself. */
export function tellServiceAccounts(sandbox: DfnsSandbox, body: object): void {
  const times = Number.POSITIVE_INFINITY;
  sandbox.faults.add({ kind: 'status', status: 200, on: 'GET /auth/service-accounts', times, body });
}

/** Has the sandbox say that the account has a role with these operations. */
export function tellPermissions(sandbox: DfnsSandbox, { credId }: CreatedServiceAccount, operations: string[]): void {
  const own = { credId, permissionAssignments: [{ permissionId: 'pm-1', operations }] };
  tellServiceAccounts(sandbox, { items: [{ accessTokens: [{ credId: 'other' }] }, { accessTokens: [own] }] });
}
