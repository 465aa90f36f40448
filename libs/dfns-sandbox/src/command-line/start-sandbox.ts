import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isLoopback } from '../control/control-access.js';
import { expectSeed, type Seed } from '../control/seed.js';
import { DfnsSandbox } from '../dfns-sandbox.js';
import { certificateIn } from './certificate.js';
import type { CommandArguments } from './command-arguments.js';
import { envLine, writeEnvFile } from './env-file.js';

/** What the sandbox has without `--seed`. */
const DEMONSTRATION: Seed = {
  users: [{ username: 'demo@example.test', wallets: [{ network: 'EthereumSepolia' }] }],
};

/** Starts a sandbox, and prints or writes what applications need to use it. */
export async function startSandbox(given: CommandArguments): Promise<DfnsSandbox> {
  const { port, host, org, state, strict, legacy, controlToken } = given;
  const seed = given.seed === undefined ? DEMONSTRATION : readSeed(given.seed);
  const folder = resolve(state === undefined ? '.' : dirname(state), '.dfns-sandbox');
  const certificate = given.tls ? await certificateIn(folder, host) : undefined;
  const sandbox = await DfnsSandbox.start({
    ...{ port, host, strict, legacy, seed, keepRequests: 1_000 },
    ...(org && { orgId: org }),
    ...(state && { state }),
    ...(controlToken && { controlToken }),
    ...(certificate && { tls: certificate }),
    ...(given.log && { log: (line: string) => console.log(line) }),
  });
  const url = reachable(sandbox.url);
  const lines = [...introduction(sandbox, url, given), ...variablesOf(sandbox, url, given), ...userKeys(sandbox)];
  if (certificate) lines.push(`# Trust the certificate: export NODE_EXTRA_CA_CERTS="${certificate.path}"`);
  console.log(lines.join('\n'));
  return sandbox;
}

/** @throws Error that names the file and the member that is wrong */
function readSeed(path: string): Seed {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return expectSeed(content);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function introduction(sandbox: DfnsSandbox, url: string, { host, controlToken }: CommandArguments): string[] {
  const demo = sandbox.seeded.users[0];
  const isClosed = !isLoopback(host) && controlToken === undefined;
  return [
    `# Dfns sandbox at ${url};${demo ? ` the demo user is ${demo.username};` : ''} stop it with Ctrl-C`,
    isClosed ? `# Control and console are off on ${host}: they need --control-token` : `# Console: ${url}/_sandbox/`,
  ];
}

/** The variables of an application: written to the env file, or printed. */
function variablesOf(sandbox: DfnsSandbox, url: string, { envFile }: CommandArguments): string[] {
  const [account] = sandbox.seeded.serviceAccounts;
  const variables: Record<string, string> = { DFNS_API_URL: url, DFNS_ORG_ID: sandbox.orgId };
  if (account) {
    Object.assign(variables, { DFNS_AUTH_TOKEN: account.authToken, DFNS_CRED_ID: account.credId });
    if (account.privateKey) variables['DFNS_PRIVATE_KEY'] = account.privateKey;
  }
  if (envFile === undefined) return Object.entries(variables).map(([name, value]) => envLine(name, value));
  writeEnvFile(envFile, variables);
  return [`# Wrote ${Object.keys(variables).join(', ')} to ${envFile}, which only you can read`];
}

/** The software keys of the users, so that a person can sign as one of them. */
function userKeys(sandbox: DfnsSandbox): string[] {
  return sandbox.seeded.users.flatMap(({ username, credId = '', privateKey }) =>
    privateKey
      ? [
          `# ${username} signs with this software key:`,
          envLine('#   credential id', credId),
          envLine('#   private key', privateKey),
        ]
      : [],
  );
}

/** Clients cannot connect to an address that means all addresses. */
const reachable = (url: string) => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
