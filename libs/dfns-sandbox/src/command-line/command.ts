import { type CommandArguments, helpText, readArguments, USAGE } from './command-arguments.js';

/** Runs the command `dfns-sandbox` until a signal ends it. @param version the version of the package */
export async function runCommand(args: string[], version: string): Promise<void> {
  const given = argumentsOrExit(args);
  if (given.help) return console.log(helpText());
  if (given.version) return console.log(version);
  try {
    // Help and mistakes in the arguments need no sandbox, which takes a second to load.
    const { startSandbox } = await import('./start-sandbox.js');
    const sandbox = await startSandbox(given);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.stop());
  } catch (error) {
    console.error(`dfns-sandbox: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

function argumentsOrExit(args: string[]): CommandArguments {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(`dfns-sandbox: ${error instanceof Error ? error.message.split('\n')[0] : error} (${USAGE})`);
    return process.exit(2);
  }
}
