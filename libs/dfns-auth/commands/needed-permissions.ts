/** What a service account must be allowed to, so that operations of the library work. */
export interface NeededPermission {
  operation: string;
  /** Dfns renamed its permissions twice (dfns-api 14.1): all names of one list, and any of the lists is enough. */
  anyOf: string[][];
  /** The names of today, for people. */
  names: string;
}

function needed(operation: string, ...anyOf: string[][]): NeededPermission {
  const today = anyOf.filter(([name = '', ...more]) => more.length === 0 && !name.startsWith('Wallets:Delegate'));
  return { operation, anyOf, names: today.map(([name]) => name).join(' or ') };
}

/** Today the SDKs write `Auth:Login:Delegated`, and the dashboard writes `Auth:Delegated:Login`. */
function delegated(operation: string, name: string, older: string): NeededPermission {
  const names = [[`Auth:${name}:Delegated`], [`Auth:Delegated:${name}`]];
  return needed(operation, ...names, [`Auth:Users:${older}`, 'Auth:Users:Delegate', 'Auth:Types:EndUser']);
}

function users(operation: string, name: string): NeededPermission {
  return needed(operation, [`Auth:Users:${name}`], ['Auth:Users:Update', 'Auth:Types:EndUser']);
}

/** What a back end needs at least (dfns-api 14.2). */
export const REQUIRED_PERMISSIONS: readonly NeededPermission[] = [
  delegated('logging users in', 'Login', 'Read'),
  delegated('registering users', 'Register', 'Create'),
  delegated('recovering users', 'Recover', 'Create'),
  needed('reading users', ['Auth:Users:Read']),
  needed('creating wallets', ['Wallets:Create']),
  needed('reading wallets', ['Wallets:Read']),
  needed('creating keys of wallets', ['Keys:Create']),
  needed('delegating wallets to users', ['Keys:Delegate'], ['Wallets:Delegate']),
];

/** What single methods of the library need in addition. */
export const FURTHER_PERMISSIONS: readonly NeededPermission[] = [
  users('activating users', 'Activate'),
  users('deactivating users', 'Deactivate'),
  users('archiving users', 'Delete'),
];

/** Whether an account with these permissions may do something. */
export function isAllowed({ anyOf }: NeededPermission, granted: ReadonlySet<string>): boolean {
  return anyOf.some((names) => names.every((name) => granted.has(name)));
}
