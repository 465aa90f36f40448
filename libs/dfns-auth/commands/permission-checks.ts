import { isDfnsError } from 'nestjs-dfns-auth';
import type { Account } from './account.js';
import { FURTHER_PERMISSIONS, isAllowed, type NeededPermission, REQUIRED_PERMISSIONS } from './needed-permissions.js';
import type { Finding } from './report.js';

/** What is read of a service account (dfns-api 14.4, 19.12). Any member may be missing. */
interface ServiceAccount {
  userInfo?: { permissionAssignments?: Assignment[] };
  accessTokens?: { credId?: string; permissionAssignments?: Assignment[] }[];
}

interface Assignment {
  permissionId?: string;
  operations?: string[];
}

/** Reads that show by themselves whether they are allowed, for an account that may not read about itself. */
const READS = [
  { path: '/auth/users', permission: 'Auth:Users:Read' },
  { path: '/wallets', permission: 'Wallets:Read' },
];

const check = 'permissions';
const GRANT = 'in the Dfns dashboard, give the service account a role with them';

/** Finds the permissions that the operations of the library need and the account lacks. */
export async function checkPermissions(account: Account): Promise<Finding[]> {
  const granted = await grantedPermissions(account);
  if (granted === undefined) return checkReads(account);
  const required = REQUIRED_PERMISSIONS.filter((need) => !isAllowed(need, granted));
  const further = FURTHER_PERMISSIONS.filter((need) => !isAllowed(need, granted));
  const findings: Finding[] = [];
  if (required.length > 0) {
    findings.push({ check, status: 'failed', message: `the account lacks ${listed(required)}`, fix: GRANT });
  }
  if (further.length > 0) {
    const fix = `if your application does that: ${GRANT}`;
    findings.push({ check, status: 'warning', message: `the account lacks ${listed(further)}`, fix });
  }
  if (findings.length > 0) return findings;
  return [{ check, status: 'ok', message: 'the account has all permissions that operations of the library need' }];
}

/** The permissions of the account, or `undefined` if Dfns does not tell all of them (dfns-api 14.4). */
async function grantedPermissions(account: Account): Promise<Set<string> | undefined> {
  const answer = await answered(account.read<{ items?: ServiceAccount[] }>('/auth/service-accounts'));
  const own = ({ credId }: { credId?: string }) => credId === account.credId;
  const found = list(answer?.items).find(({ accessTokens }) => list(accessTokens).some(own));
  const assignments = [
    ...list(found?.userInfo?.permissionAssignments),
    ...list(list(found?.accessTokens).find(own)?.permissionAssignments),
  ];
  const lists = await Promise.all(assignments.map((assignment) => operationsOf(account, assignment)));
  if (lists.length === 0 || lists.includes(undefined)) return undefined;
  return new Set(lists.flat() as string[]);
}

async function operationsOf(account: Account, { operations, permissionId }: Assignment): Promise<string[] | undefined> {
  if (Array.isArray(operations)) return operations;
  if (!/^pm-[a-z0-9-]{1,60}$/.test(String(permissionId))) return undefined;
  const role = await answered(account.read<Assignment>(`/permissions/${permissionId}`));
  return Array.isArray(role?.operations) ? role.operations : undefined;
}

/** The objects in a member of an answer that should be a list of them. */
function list<T>(member: T[] | undefined): T[] {
  return Array.isArray(member) ? member.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** What Dfns answered, or `undefined` if it refused or failed. */
function answered<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (isDfnsError(error)) return undefined;
    throw error;
  });
}

async function checkReads(account: Account): Promise<Finding[]> {
  const outcomes = await Promise.all(
    READS.map(async ({ path, permission }) => ({ permission, code: await codeOf(account.read(path, { limit: 1 })) })),
  );
  const named = (code: string) =>
    outcomes.filter((outcome) => outcome.code === code).map(({ permission }) => permission);
  const lacking = named('DFNS_SERVICE_ACCOUNT_FORBIDDEN');
  const proven = named('ok');
  const findings: Finding[] = [];
  if (lacking.length > 0) {
    findings.push({ check, status: 'failed', message: `the account lacks ${lacking.join(', ')}`, fix: GRANT });
  }
  const seen = [...lacking, ...proven];
  const unknown = REQUIRED_PERMISSIONS.filter(({ names }) => !seen.includes(names)).map(({ names }) => names);
  const message = `Dfns does not tell this account its permissions${proven.length > 0 ? `; it has ${proven.join(', ')}` : ''}`;
  const fix = `see in the Dfns dashboard that it has ${unknown.join(', ')}; if it also has Auth:ServiceAccounts:Read, this command can see it`;
  return [...findings, { check, status: 'unknown', message, fix }];
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (isDfnsError(error)) return error.code;
    throw error;
  }
}

function listed(needs: NeededPermission[]): string {
  return needs.map(({ names, operation }) => `${names} (${operation})`).join(', ');
}
