import type { CredentialSigner } from '../credentials/credential-signer.js';
import type { Clock } from './clock.js';
import { DEFAULT_BASE_URL, DEFAULT_CEREMONIES, DEFAULT_HTTP, DEFAULT_TOKENS } from './default-options.js';
import type { DfnsAuthConfig } from './dfns-auth-config.js';
import type { DfnsAuthModuleOptions } from './dfns-auth-options.js';
import { baseUrlProblem, orgIdProblem, wholeNumberProblem } from './option-checks.js';
import { OptionProblems } from './option-problems.js';
import { resolveAuthToken, resolveSigner } from './resolve-service-account.js';

/** Numbers that may be zero; all others are at least one. */
const MAY_BE_ZERO = ['leewayMs', 'refreshAheadMs'];

/**
 * Completes and checks the options; the one place that does, so that the synchronous and asynchronous forms cannot
 * differ.
 *
 * @throws DfnsError `DFNS_CONFIGURATION` with every problem in one message, and no secret
 */
export async function resolveConfig(input: DfnsAuthModuleOptions, now: Clock): Promise<DfnsAuthConfig> {
  const options: Partial<DfnsAuthModuleOptions> = input ?? {};
  const problems = new OptionProblems();
  for (const flag of ['isGlobal', 'name']) {
    if (flag in options) problems.add(flag, 'belongs beside useFactory, not in what it returns: move it there');
  }
  const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
  problems.add('baseUrl', baseUrlProblem(baseUrl));
  if (options.orgId !== undefined) problems.add('orgId', orgIdProblem(options.orgId));
  const http = completed('http', DEFAULT_HTTP, options.http, problems);
  const tokens = completed('tokens', DEFAULT_TOKENS, options.tokens, problems);
  const ceremonies = completed('ceremonies', DEFAULT_CEREMONIES, options.ceremonies, problems);
  const signer = await resolveSigner(options.serviceAccount, problems);
  const authToken = await resolveAuthToken(options, now, problems);
  problems.throwIfAny();
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    orgId: options.orgId,
    authToken,
    signer: signer as CredentialSigner,
    http,
    tokens,
    ceremonies,
    identity: options.identity,
    legacy: options.legacy ?? {},
  };
}

/** Options over their defaults, where `undefined` hides no default, with every number checked. */
function completed<D extends object, T extends object>(
  path: string,
  defaults: D,
  given: T | undefined,
  problems: OptionProblems,
): D & T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const all = { ...defaults, ...Object.fromEntries(set) } as D & T;
  for (const key of Object.keys(defaults) as (keyof D & string)[]) {
    problems.add(`${path}.${key}`, wholeNumberProblem(all[key], MAY_BE_ZERO.includes(key) ? 0 : 1));
  }
  return all;
}
