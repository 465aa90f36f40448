import { readFileSync } from 'node:fs';
import { registerAs } from '@nestjs/config';
import { DfnsError } from '../errors/dfns-error.js';
import { concealOptions } from './concealed-options.js';
import { warnOfUnknownVariables } from './known-variables.js';
import { type CheckContext, commaSeparated, OPTIONS, type OptionEntry } from './option-table.js';
import type { DfnsAuthModuleOptions } from './options.js';

type Source = Record<string, string | undefined>;

/**
 * Reads the options of the module from environment variables, as a namespace of `@nestjs/config`:
 * `DfnsAuthModule.forRootAsync(dfnsAuthConfig.asProvider())`. An empty variable counts as unset. A variable that begins
 * with `DFNS_` and is not known is named in a warning, because its name may be misspelt.
 *
 * @throws DfnsError `DFNS_CONFIGURATION`; the message names every problem of every variable and none of the values
 */
export const dfnsAuthConfig = registerAs('dfnsAuth', (): DfnsAuthModuleOptions => {
  warnOfUnknownVariables(process.env);
  return readEnvironment(process.env);
});

/** Does the same as {@link dfnsAuthConfig}, with the variables in `source`, and without a warning. */
export function readEnvironment(source: Source): DfnsAuthModuleOptions {
  const { texts, problems } = readTexts(source);
  const context: CheckContext = {
    orgId: texts.get('DFNS_ORG_ID'),
    passphrase: texts.get('DFNS_PRIVATE_KEY_PASSPHRASE'),
    insecureHttpHosts: commaSeparated(texts.get('DFNS_INSECURE_HTTP_HOSTS') ?? ''),
    now: Date.now(),
  };
  const options = {};
  for (const [path, entry] of Object.entries(OPTIONS)) {
    const { variable, parse = (text) => text, isRequired } = entry;
    if (variable === undefined || problems.has(variable)) continue;
    const text = texts.get(variable);
    if (text === undefined && !isRequired) continue;
    const value = text === undefined ? undefined : parse(text);
    const problem = entry.check?.(value, context);
    if (problem !== undefined) problems.set(variable, `${variable} ${problem}`);
    setAt(options, path, value);
  }
  if (problems.size === 0) return concealOptions(options as DfnsAuthModuleOptions);
  const lines = [...problems.values()].join('\n- ');
  throw new DfnsError('DFNS_CONFIGURATION', `The environment does not configure Dfns:\n- ${lines}`);
}

/** The text of each variable that is set, and the problems of the `_FILE` variables. */
function readTexts(source: Source): { texts: Map<string, string>; problems: Map<string, string> } {
  const texts = new Map<string, string>();
  const problems = new Map<string, string>();
  for (const { variable, fromFile } of Object.values(OPTIONS) as OptionEntry[]) {
    if (variable === undefined) continue;
    if (source[variable]) texts.set(variable, source[variable]);
    const path = fromFile && source[`${variable}_FILE`];
    if (!path) continue;
    const problem = texts.has(variable)
      ? `is set beside ${variable}: keep one of them`
      : readInto(texts, variable, path);
    if (problem) problems.set(variable, `${variable}_FILE ${problem}`);
  }
  return { texts, problems };
}

function readInto(texts: Map<string, string>, variable: string, path: string): string | undefined {
  try {
    texts.set(variable, readFileSync(path, 'utf8').trim());
    return undefined;
  } catch {
    return 'names a file that cannot be read: check the path and its permissions';
  }
}

/** Sets the member at a dotted path. Missing objects on the path are created. */
function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  target[name] ??= {};
  setAt(target[name] as Record<string, unknown>, rest.join('.'), value);
}
