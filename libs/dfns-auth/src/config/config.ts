import { concealed } from './concealed-options.js';
import { OptionProblems } from './option-problems.js';
import { OPTIONS, type OptionPath } from './option-table.js';
import type { CeremoniesOptions, DfnsAuthModuleOptions, HttpOptions, LegacyOptions, TokensOptions } from './options.js';
import { ServiceAccount } from './service-account.js';
import type { WebhookStore } from './stores.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** Returns the current time in milliseconds since 1970. */
export type Clock = () => number;

/** Injection token of the {@link Clock}. Override it in tests. */
export const DFNS_CLOCK = Symbol.for('nestjs-dfns-auth/clock');

/** Injection token of the {@link DfnsAuthConfig}. Internal. */
export const DFNS_AUTH_CONFIG = Symbol.for('nestjs-dfns-auth/config');

/**
 * The options, checked and with their defaults. Secrets are in functions and private fields, so they are not printed.
 */
export interface DfnsAuthConfig {
  /** Without a slash at the end. */
  baseUrl: string;
  orgId?: string;
  serviceAccount: ServiceAccount;
  /** The token of the service account now. */
  authToken: () => Promise<string>;
  checkOnStart: 'off' | 'warn' | 'fail';
  http: Required<Omit<HttpOptions, 'agent'>> & Pick<HttpOptions, 'agent'>;
  tokens: Required<Omit<TokensOptions, 'store'>> & Pick<TokensOptions, 'store'>;
  ceremonies: Required<Omit<CeremoniesOptions, 'store'>> & Pick<CeremoniesOptions, 'store'>;
  webhooks: { secrets?: WebhookSecrets; store?: WebhookStore };
  identity?: DfnsAuthModuleOptions['identity'];
  legacy: LegacyOptions;
}

/**
 * Checks the options and adds the defaults. `forRoot` and `forRootAsync` both use this function, so they cannot differ.
 *
 * @throws DfnsError `DFNS_CONFIGURATION`; the message names every problem and no secret
 */
export async function resolveConfig(input: DfnsAuthModuleOptions, now: Clock): Promise<DfnsAuthConfig> {
  const options: Partial<DfnsAuthModuleOptions> = input ?? {};
  const problems = new OptionProblems();
  for (const flag of ['isGlobal', 'name']) {
    if (flag in options) problems.add(flag, 'belongs beside useFactory, not in what it returns: move it there');
  }
  const value = (path: OptionPath) => completed(options, path, now, problems);
  const section = (name: string) => {
    const paths = (Object.keys(OPTIONS) as OptionPath[]).filter((path) => path.startsWith(`${name}.`));
    return Object.fromEntries(paths.map((path) => [path.slice(name.length + 1), value(path)]));
  };
  const baseUrl = value('baseUrl');
  const http = section('http');
  value('insecureHttpHosts');
  const config = {
    orgId: value('orgId'),
    // The connections of an agent hold the last headers.
    http: http['agent'] ? concealed(http) : http,
    tokens: section('tokens'),
    ceremonies: section('ceremonies'),
    legacy: section('legacy'),
    identity: options.identity,
    checkOnStart: value('checkOnStart'),
  };
  const webhooks = section('webhooks');
  const secrets = await WebhookSecrets.open(options.webhooks?.secrets, problems);
  const serviceAccount = await ServiceAccount.open(options.serviceAccount, options.orgId, now, problems);
  problems.throwIfAny();
  const authToken = async () => serviceAccount?.use().token;
  return {
    ...config,
    webhooks: { ...webhooks, secrets },
    baseUrl: String(baseUrl).replace(/\/+$/, ''),
    serviceAccount,
    authToken,
  } as unknown as DfnsAuthConfig;
}

/** The option at `path`, or its default if the option is missing, `undefined` or `null`. */
function completed(
  options: Partial<DfnsAuthModuleOptions>,
  path: OptionPath,
  now: Clock,
  problems: OptionProblems,
): unknown {
  const { default: fallback, check } = OPTIONS[path];
  const given = path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], options);
  const value = given ?? fallback;
  const { orgId, insecureHttpHosts } = options;
  if (value !== undefined) problems.add(path, check?.(value, { orgId, insecureHttpHosts, now: now() }));
  return value;
}
