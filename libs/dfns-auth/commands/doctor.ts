import type { DfnsAuthModuleOptions, KeyCredentialOptions } from 'nestjs-dfns-auth';
import { OPTIONS } from '#library/config/option-table.js';
import { Account } from './account.js';
import { checkRelyingParty, checkSignature } from './account-checks.js';
import { readArguments } from './arguments.js';
import { checkConnection } from './connection-checks.js';
import { checkConfiguration, checkSealingKey, checkVariables, loadEnvironmentFile } from './environment-checks.js';
import { rememberSecrets } from './foreign-text.js';
import { checkPermissions } from './permission-checks.js';
import { type CheckName, type Finding, Report } from './report.js';
import { checkClaims } from './token-checks.js';

const USAGE = `usage: dfns-auth doctor [options]

Checks whether the library can work with the DFNS_ variables of the environment: configuration, connection, clock,
latency, service account, key, permissions. It asks the real Dfns, and changes nothing there. It prints no secret.

  --env-file FILE  reads the variables from FILE, and no DFNS_ variables of the environment
  --json           prints {"ok", "checks": [{"check", "status", "message", "fix"}]}; a status is ok, warning, failed or
                   unknown
  --help           shows this text

✓ is right, ! should be looked at, ? could not be checked, ✗ must be fixed.
Exit code: 0 without ✗, 1 with at least one, 2 for wrong arguments.
`;

/** The checks that need the service account. */
const OF_ACCOUNT: CheckName[] = ['token', 'key', 'permissions', 'relying-party'];

const ARGUMENTS = { 'env-file': { type: 'string' }, json: { type: 'boolean' } } as const;

/** Checks everything, and prints what it found. @throws UsageError */
export async function doctor(args: string[]): Promise<number> {
  const { 'env-file': envFile, json = false, help } = readArguments(args, ARGUMENTS);
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = new Report(json);
  if (envFile !== undefined) report.add(...loadEnvironmentFile(envFile));
  const { options, findings } = checkConfiguration();
  const credential = options?.serviceAccount.credential as Partial<KeyCredentialOptions> | undefined;
  const token = String(options?.serviceAccount.authToken ?? process.env['DFNS_AUTH_TOKEN'] ?? '');
  rememberSecrets([token, String(credential?.privateKey ?? '')]);
  const ofVariables = checkVariables();
  report.add(...ofVariables);
  if (hasFailed(ofVariables, 'environment')) return report.end();
  report.add(...findings, ...checkSealingKey());
  report.add(...checkClaims(token, process.env['DFNS_ORG_ID'] || undefined, Date.now()));
  await askDfns(report, options, findings);
  return report.end();
}

/** The checks that ask Dfns, as far as the earlier ones allow. */
async function askDfns(report: Report, options: DfnsAuthModuleOptions | undefined, earlier: Finding[]): Promise<void> {
  const baseUrl = earlier.some(({ message }) => message.startsWith('DFNS_API_URL'))
    ? undefined
    : process.env['DFNS_API_URL'] || String(OPTIONS.baseUrl.default);
  if (baseUrl === undefined) return skip(report, ['connection', ...OF_ACCOUNT], 'DFNS_API_URL is wrong');
  const attemptTimeoutMs = options?.http?.attemptTimeoutMs ?? Number(OPTIONS['http.attemptTimeoutMs'].default);
  const ofConnection = await checkConnection(baseUrl, attemptTimeoutMs);
  report.add(...ofConnection);
  if (options === undefined) return skip(report, OF_ACCOUNT, 'the configuration is wrong');
  if (hasFailed(ofConnection, 'connection')) return skip(report, OF_ACCOUNT, 'there is no connection');
  await askAccount(report, options);
}

async function askAccount(report: Report, options: DfnsAuthModuleOptions): Promise<void> {
  const account = await Account.open(options);
  try {
    const ofSignature = await checkSignature(account);
    report.add(...ofSignature);
    if (hasFailed(ofSignature, 'token'))
      return skip(report, ['permissions', 'relying-party'], 'the token does not work');
    report.add(...(await checkPermissions(account)), checkRelyingParty(account));
  } finally {
    await account.close();
  }
}

function hasFailed(findings: Finding[], check: CheckName): boolean {
  return findings.some((finding) => finding.check === check && finding.status === 'failed');
}

function skip(report: Report, checks: CheckName[], reason: string): void {
  report.add(
    ...checks.map((check): Finding => ({ check, status: 'unknown', message: `not checked, because ${reason}` })),
  );
}
