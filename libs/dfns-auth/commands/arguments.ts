import { parseArgs } from 'node:util';
import { nearestName } from '#library/config/nearest-name.js';

/** The command was called in a wrong way. Its message never repeats a value, because a value may be a secret. */
export class UsageError extends Error {}

/** The options of a command: their names, and whether they take a value. */
export type OptionTypes = Record<string, { type: 'string' | 'boolean' }>;

export type OptionValues<T extends OptionTypes> = {
  [N in keyof T]?: T[N]['type'] extends 'string' ? string : boolean;
} & { help?: boolean };

/** A passphrase among the arguments is in the list of processes and in the history of the shell. */
const PASSPHRASE = 'passphrase';

/**
 * Reads the arguments of a command. Every command also has `--help`.
 *
 * @throws UsageError for an unknown option, an option without its value, and an argument without a name
 */
export function readArguments<T extends OptionTypes>(args: string[], options: T): OptionValues<T> {
  const known: OptionTypes = { ...options, help: { type: 'boolean' } };
  const { values, tokens } = parseArgs({
    args,
    options: { ...known, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') throw new UsageError('every argument needs the name of an option before it');
    const type = Object.hasOwn(known, token.name) ? known[token.name]?.type : undefined;
    if (type === undefined) throw new UsageError(unknownOption(token.name, Object.keys(known)));
    if (type === 'boolean' && token.value !== undefined) throw new UsageError(`--${token.name} takes no value`);
    const isNextOption = !token.inlineValue && token.value?.startsWith('-');
    if (type === 'string' && (!token.value || isNextOption)) throw new UsageError(`--${token.name} needs a value`);
  }
  return values as OptionValues<T>;
}

function unknownOption(name: string, known: string[]): string {
  if (name === PASSPHRASE && !known.includes(name)) {
    return 'there is no option --passphrase, because other users of the machine see arguments: use --encrypt, which asks for it, or --passphrase-file';
  }
  const nearest = nearestName(name, known);
  return `there is no option ${name.length > 1 ? '--' : '-'}${name}${nearest ? `; did you mean --${nearest}?` : ''}`;
}
