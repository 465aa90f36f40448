import { Logger } from '@nestjs/common';
import { nearestName } from './nearest-name.js';
import { OPTIONS, type OptionEntry } from './option-table.js';

const PREFIX = 'DFNS_';
/** Variables of the sandbox, and of what applications run beside it. */
const OF_THE_SANDBOX = 'DFNS_SANDBOX_';
/** The variable of the key for stores in the documentation. Applications read it, not the library. */
const SEALING_KEY = 'DFNS_SEALING_KEY';
const MAX_NAMES = 10;
const MAX_LENGTH = 64;

/** The variables that the library reads, and {@link SEALING_KEY}. */
export const KNOWN_VARIABLES: readonly string[] = (Object.values(OPTIONS) as OptionEntry[])
  .flatMap(({ variable, fromFile }) => (variable && fromFile ? [variable, `${variable}_FILE`] : (variable ?? [])))
  .concat(SEALING_KEY);

/** The names of variables that begin with `DFNS_`. */
export const dfnsVariables = (source: object): string[] =>
  Object.keys(source).filter((name) => name.startsWith(PREFIX));

/** The names of variables that begin with `DFNS_` and that nobody reads: they may be misspelt. */
export const unknownVariables = (source: object): string[] =>
  dfnsVariables(source).filter((name) => !KNOWN_VARIABLES.includes(name) && !name.startsWith(OF_THE_SANDBOX));

/** Names that were told. A process may read its environment more than once. */
const told = new Set<string>();

/** Names unknown variables in one warning, each name once in a process, and never a value. */
export function warnOfUnknownVariables(source: object): void {
  const names = unknownVariables(source).filter((name) => !told.has(name));
  if (names.length === 0) return;
  for (const name of names) told.add(name);
  const more = names.length - MAX_NAMES;
  const listed = [...names.slice(0, MAX_NAMES).map(described), ...(more > 0 ? [`${more} more`] : [])];
  new Logger('DfnsAuthModule').warn(
    `Nothing reads these variables, which begin with ${PREFIX}: ${listed.join('; ')}. Correct their names, or give variables of your own another beginning.`,
  );
}

function described(name: string): string {
  const shown = name.slice(0, MAX_LENGTH).replace(/\W/g, '?');
  const nearest = nearestName(shown, KNOWN_VARIABLES);
  return nearest ? `${shown} (did you mean ${nearest}?)` : shown;
}
