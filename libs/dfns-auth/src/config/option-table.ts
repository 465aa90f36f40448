import {
  agentProblem,
  appIdProblem,
  authTokenProblem,
  baseUrlProblem,
  booleanProblem,
  checkOnStartProblem,
  credIdProblem,
  insecureHttpHostsProblem,
  orgIdProblem,
  passphraseProblem,
  privateKeyProblem,
  webhookSecretsProblem,
  wholeNumberProblem,
} from './option-checks.js';
import type {
  CeremoniesOptions,
  DfnsAuthModuleOptions,
  HttpOptions,
  KeyCredentialOptions,
  LegacyOptions,
  TokensOptions,
  WebhooksOptions,
} from './options.js';

/** What a check may use in addition to the value. */
export interface CheckContext {
  orgId?: string;
  passphrase?: string;
  insecureHttpHosts?: unknown;
  /** Milliseconds since 1970. */
  now: number;
}

/** Describes one option. */
export interface OptionEntry {
  /** The environment variable that sets the option. */
  variable?: string;
  /** Whether `<variable>_FILE` may name a file with the value instead. */
  fromFile?: boolean;
  /** Converts the text of the variable to the value. Without it, the text is the value. */
  parse?: (text: string) => unknown;
  default?: string | number | boolean;
  isRequired?: boolean;
  /** Returns what is wrong with a value and how to fix it, or `undefined`. The text never contains the value. */
  check?: (value: unknown, context: CheckContext) => string | undefined;
  /** Description for the table in docs/reference/options.md. */
  words: string;
}

/** The dotted path of every option that an application can set. */
export type OptionPath =
  | Exclude<
      keyof DfnsAuthModuleOptions & string,
      'serviceAccount' | 'http' | 'tokens' | 'ceremonies' | 'webhooks' | 'legacy'
    >
  | 'serviceAccount.authToken'
  | `serviceAccount.credential.${keyof KeyCredentialOptions}`
  | `http.${keyof HttpOptions}`
  | `tokens.${keyof TokensOptions}`
  | `ceremonies.${keyof CeremoniesOptions}`
  | `webhooks.${keyof WebhooksOptions}`
  | `legacy.${keyof LegacyOptions}`;

const number = (value: string) => (/^\d+$/.test(value) ? Number(value) : value);
const boolean = (value: string) => ({ true: true, false: false })[value] ?? value;
export const commaSeparated = (value: string) => value.split(',').map((item) => item.trim());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An option with a number, and the limits that keep a slip of the pen from stopping the process. */
function wholeNumber(min: number, max: number, words: string): Pick<OptionEntry, 'check' | 'words'> {
  return { check: (value) => wholeNumberProblem(value, min, max), words: `${words}; ${min} to ${max}` };
}

/** All options. Environment variables, defaults, checks, messages and docs/reference/options.md come from this table. */
export const OPTIONS: Readonly<Record<OptionPath, OptionEntry>> = {
  baseUrl: {
    variable: 'DFNS_API_URL',
    default: 'https://api.dfns.io',
    check: (value, { insecureHttpHosts }) => baseUrlProblem(value, insecureHttpHosts),
    words: 'base URL of your region; a path prefix is kept; `http:` only for this machine',
  },
  insecureHttpHosts: {
    variable: 'DFNS_INSECURE_HTTP_HOSTS',
    parse: commaSeparated,
    check: (value) => insecureHttpHostsProblem(value, process.env['NODE_ENV']),
    words:
      'hosts of local sandboxes, such as `dfns-sandbox`, that `baseUrl` may reach by `http:`; separated by commas in the variable; refused if `NODE_ENV` is `production`',
  },
  orgId: {
    variable: 'DFNS_ORG_ID',
    check: orgIdProblem,
    words: 'your organisation; tokens of any other organisation are refused',
  },
  'serviceAccount.authToken': {
    variable: 'DFNS_AUTH_TOKEN',
    fromFile: true,
    isRequired: true,
    check: (value, { orgId, now }) => authTokenProblem(value, orgId, now),
    words: 'token of the service account',
  },
  'serviceAccount.credential.credId': {
    variable: 'DFNS_CRED_ID',
    isRequired: true,
    check: credIdProblem,
    words: 'credential id of its key',
  },
  'serviceAccount.credential.privateKey': {
    variable: 'DFNS_PRIVATE_KEY',
    fromFile: true,
    isRequired: true,
    check: (value, { passphrase }) => privateKeyProblem(value ?? '', passphrase),
    words:
      'its key: PEM in PKCS#8, SEC1 or PKCS#1, with real line breaks or `\\n`; Ed25519, P-256, secp256k1, or RSA of 2048 bits and more',
  },
  'serviceAccount.credential.passphrase': {
    variable: 'DFNS_PRIVATE_KEY_PASSPHRASE',
    check: passphraseProblem,
    words: 'passphrase of an encrypted key',
  },
  'http.attemptTimeoutMs': {
    variable: 'DFNS_ATTEMPT_TIMEOUT_MS',
    parse: number,
    default: 5_000,
    ...wholeNumber(1, 10 * 60_000, 'milliseconds for one request'),
  },
  'http.deadlineMs': {
    variable: 'DFNS_DEADLINE_MS',
    parse: number,
    default: 15_000,
    ...wholeNumber(1, HOUR_MS, 'milliseconds for a whole call with its retries and waits'),
  },
  'http.maxAttempts': {
    variable: 'DFNS_MAX_ATTEMPTS',
    parse: number,
    default: 3,
    ...wholeNumber(1, 1_000, 'attempts of a call, the first included'),
  },
  'http.maxResponseBytes': {
    default: 1_048_576,
    ...wholeNumber(1, 100 * 1_048_576, 'bytes of the longest answer that is read'),
  },
  'http.maxSockets': { default: 64, ...wholeNumber(1, 10_000, 'connections to Dfns at the same time') },
  'http.agent': {
    check: agentProblem,
    words: 'agent that makes the connections: egress proxy, private CA, client certificate',
  },
  'tokens.maxEntries': {
    variable: 'DFNS_TOKEN_CACHE_SIZE',
    parse: number,
    default: 10_000,
    ...wholeNumber(1, 1_000_000, 'users whose token is kept'),
  },
  'tokens.leewayMs': {
    default: 60_000,
    ...wholeNumber(0, DAY_MS, 'milliseconds before its end from which a token is not served'),
  },
  'tokens.refreshAheadMs': {
    default: 300_000,
    ...wholeNumber(0, DAY_MS, 'milliseconds before that from which a token is refreshed in the background'),
  },
  'tokens.defaultLifetimeMs': {
    default: 300_000,
    ...wholeNumber(1, DAY_MS, 'lifetime of a token that does not tell its own'),
  },
  'tokens.store': { words: 'a store that replicas share; else the memory of this process' },
  'ceremonies.lifetimeMs': { default: 600_000, ...wholeNumber(1, HOUR_MS, 'milliseconds to answer a challenge') },
  'ceremonies.maxEntries': { default: 10_000, ...wholeNumber(1, 1_000_000, 'ceremonies that are kept in memory') },
  'ceremonies.store': { words: 'a store that replicas share; else the memory of this process' },
  'webhooks.secrets': {
    variable: 'DFNS_WEBHOOK_SECRETS',
    fromFile: true,
    parse: commaSeparated,
    check: webhookSecretsProblem,
    words:
      'secrets of your webhooks (`whs-…`), separated by commas in the variable; one secret, or two while you change it',
  },
  'webhooks.store': { words: 'a store that replicas share; else the memory of this process' },
  checkOnStart: {
    variable: 'DFNS_CHECK_ON_START',
    default: 'off',
    check: checkOnStartProblem,
    words:
      '`warn` or `fail`: at start, has the service account sign a challenge of Dfns, which changes nothing; if that fails, `warn` logs it and `fail` stops the start',
  },
  identity: { words: 'function that tells the Dfns username of the authenticated principal' },
  'legacy.appId': {
    variable: 'DFNS_APP_ID',
    check: appIdProblem,
    words: '`X-DFNS-APPID`, which only older Dfns documents ask for',
  },
  'legacy.nonce': {
    variable: 'DFNS_SEND_NONCE',
    parse: boolean,
    check: booleanProblem,
    words: '`true` sends a fresh `X-DFNS-NONCE`, which only older Dfns documents ask for',
  },
};
