import { existsSync } from 'node:fs';
import { type DfnsAuthModuleOptions, isDfnsError } from 'nestjs-dfns-auth';
import { readEnvironment } from '#library/config/environment.js';
import { dfnsVariables, KNOWN_VARIABLES, unknownVariables } from '#library/config/known-variables.js';
import { nearestName } from '#library/config/nearest-name.js';
import { Sealer } from '#library/sealing/sealer.js';
import { readEnvironmentFile } from './environment-file.js';
import { foreignText } from './foreign-text.js';
import type { Finding } from './report.js';

/** The variable of the key for stores in the documentation. */
const SEALING_KEY = 'DFNS_SEALING_KEY';

/**
 * Puts the variables of a file into the environment of this process. The file is checked for what it holds, so `DFNS_`
 * variables from outside do not count.
 *
 * @throws UsageError if the file cannot be read
 */
export function loadEnvironmentFile(path: string): Finding[] {
  const { variables, wrongLines } = readEnvironmentFile(path);
  for (const name of dfnsVariables(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
  if (wrongLines.length === 0) return [];
  return [
    {
      check: 'environment',
      status: 'failed',
      message: `${wrongLines.length > 1 ? 'lines' : 'line'} ${wrongLines.slice(0, 5).join(', ')}${wrongLines.length > 5 ? ', …' : ''} of the file cannot be read`,
      fix: 'write NAME=value on each line; a value with several lines, such as a key, goes between double quotes, or on one line with \\n',
    },
  ];
}

/** Finds variables that nobody reads, because their name is misspelt. It fails only if there is no variable at all. */
export function checkVariables(): Finding[] {
  const names = dfnsVariables(process.env);
  if (names.length === 0) {
    const fix = existsSync('.env')
      ? 'there is a file .env here: npx dfns-auth doctor --env-file .env'
      : 'set the variables of your application, or name the file that has them with --env-file';
    return [{ check: 'environment', status: 'failed', message: 'no variable begins with DFNS_', fix }];
  }
  const unknown = unknownVariables(process.env);
  if (unknown.length === 0) {
    return [
      { check: 'environment', status: 'ok', message: `${names.length} variables begin with DFNS_, and all are known` },
    ];
  }
  return unknown.map((name) => {
    const nearest = nearestName(name, KNOWN_VARIABLES);
    return {
      check: 'environment',
      status: 'warning',
      message: `the library does not read ${foreignText(name)}`,
      fix: nearest
        ? `did you mean ${nearest}?`
        : 'remove it, or look for the right name in docs/reference/options.md of the package',
    };
  });
}

/** Reads the options from the environment, as an application does. Without options, the findings say what is wrong. */
export function checkConfiguration(): { options?: DfnsAuthModuleOptions; findings: Finding[] } {
  try {
    const options = readEnvironment(process.env);
    return { options, findings: [{ check: 'configuration', status: 'ok', message: 'all options are valid' }] };
  } catch (error) {
    if (!isDfnsError(error)) throw error;
    const [, ...problems] = error.message.split('\n- ');
    return { findings: problems.map((problem) => ({ check: 'configuration', status: 'failed', ...divided(problem) })) };
  }
}

/** Checks the key for the rows in stores, if there is one. */
export function checkSealingKey(): Finding[] {
  const key = process.env[SEALING_KEY];
  if (!key) return [];
  try {
    new Sealer({ keys: [{ id: SEALING_KEY, key }] });
    return [{ check: 'sealing-key', status: 'ok', message: `${SEALING_KEY} has 32 bytes` }];
  } catch {
    const fix = 'make one with "openssl rand -base64 32"';
    return [{ check: 'sealing-key', status: 'failed', message: `${SEALING_KEY} is not 32 bytes in base64`, fix }];
  }
}

/** A problem of the library is written as `what is wrong: how to fix it`. */
function divided(problem: string): { message: string; fix?: string } {
  const [message = '', ...fix] = problem.split(/(?<!http): /);
  return { message, ...(fix.length > 0 && { fix: fix.join(': ') }) };
}
