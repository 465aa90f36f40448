import { parseArgs } from 'node:util';

/** What the command was asked to do. */
export interface CommandArguments {
  port: number;
  host: string;
  org?: string;
  seed?: string;
  state?: string;
  envFile?: string;
  tls: boolean;
  strict: boolean;
  log: boolean;
  legacy: boolean;
  controlToken?: string;
  help: boolean;
  version: boolean;
}

const OPTIONS = {
  port: { type: 'string', value: 'number', words: 'the port; 0 means any free one', default: '4000' },
  host: { type: 'string', value: 'address', words: 'the address to listen on', default: '127.0.0.1' },
  org: { type: 'string', value: 'or-…', words: 'the id of the organisation; without it, a random one' },
  seed: { type: 'string', value: 'file.json', words: 'users, service accounts, keys and wallets to begin with' },
  state: { type: 'string', value: 'file', words: 'keep ids, keys and tokens in this file over restarts' },
  'env-file': { type: 'string', value: '.env', words: 'write the DFNS_* variables of an application into this file' },
  // Node itself reads "--env-file", also behind the name of a script, and stops if there is no such file.
  'write-env': {
    type: 'string',
    value: '.env',
    words: 'the same as --env-file, also for a file that does not exist yet',
  },
  tls: { type: 'boolean', words: 'speak https, with a certificate that the command makes' },
  strict: { type: 'boolean', words: 'compare signed and sent bodies byte by byte, and not as JSON' },
  log: { type: 'boolean', words: 'print one line for each request' },
  legacy: { type: 'boolean', words: 'require the headers of the older documents' },
  'control-token': {
    type: 'string',
    value: 'token',
    words: 'control and console need this token; beyond loopback they are off without it',
  },
  help: { type: 'boolean', words: 'print this text' },
  version: { type: 'boolean', words: 'print the version' },
} as const satisfies Record<string, { type: 'string' | 'boolean'; value?: string; words: string; default?: string }>;

export const USAGE = 'usage: dfns-sandbox [--port 4000] [--host 127.0.0.1] [options]; --help lists all options';

/** Reads the arguments of the command. @throws Error that says which argument is wrong */
export function readArguments(args: string[]): CommandArguments {
  const { values } = parseArgs({ args, options: OPTIONS });
  const {
    port,
    host,
    tls = false,
    strict = false,
    log = false,
    legacy = false,
    help = false,
    version = false,
  } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error('--port must be from 0 to 65535');
  const orgId = values.org;
  if (orgId !== undefined && !/^or-\S+$/.test(orgId)) throw new Error('--org must begin with "or-"');
  const flags = { tls, strict, log, legacy, help, version };
  const { seed, state } = values;
  return {
    port: Number(port),
    host,
    org: orgId,
    seed,
    state,
    envFile: values['write-env'] ?? values['env-file'],
    controlToken: values['control-token'],
    ...flags,
  };
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]) => {
    const value = 'value' in option ? ` <${option.value}>` : '';
    const usual = 'default' in option ? ` (default: ${option.default})` : '';
    return [`--${name}${value}`, `${option.words}${usual}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'A local Dfns that really checks signatures.',
    '',
    'usage: dfns-sandbox [options]',
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join('\n');
}
