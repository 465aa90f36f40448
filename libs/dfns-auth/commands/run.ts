import { nearestName } from '#library/config/nearest-name.js';
import { UsageError } from './arguments.js';

/** A command of `dfns-auth`. It returns the exit code of the process. */
type Command = (args: string[]) => Promise<number>;

/** Each command is loaded when it is called: `keygen` needs nothing of the library. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  keygen: async () => (await import('./keygen.js')).keygen,
  doctor: async () => (await import('./doctor.js')).doctor,
};

const USAGE = `usage: dfns-auth <command> [options]

  keygen   makes the key pair of a service account
  doctor   checks the configuration, the connection and the service account, and says how to fix what is wrong

dfns-auth <command> --help lists the options of a command.
`;

/**
 * Runs a command.
 *
 * @returns the exit code: 0 if all is well, 1 if something is wrong, 2 if the arguments are
 */
export async function run([name = '', ...args]: string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!load) throw new UsageError(unknownCommand(name));
    const command = await load();
    return await command(args);
  } catch (error) {
    if (!(error instanceof UsageError)) return unexpected(error);
    const help = Object.hasOwn(COMMANDS, name) ? `dfns-auth ${name} --help` : 'dfns-auth --help';
    process.stderr.write(`dfns-auth: ${error.message}. See ${help}\n`);
    return 2;
  }
}

/** Prints where an error of the program came from. Its message may hold anything, so it is not printed. */
function unexpected(error: unknown): number {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  process.stderr.write(`dfns-auth: this should not happen, please report it (${name})\n${frames.join('\n')}\n`);
  return 1;
}

function unknownCommand(name: string): string {
  if (name === '') return 'which command? There are keygen and doctor';
  const nearest = nearestName(name, Object.keys(COMMANDS));
  return `there is no such command${nearest ? `; did you mean ${nearest}?` : '; there are keygen and doctor'}`;
}
