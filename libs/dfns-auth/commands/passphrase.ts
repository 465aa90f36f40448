import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './arguments.js';

/**
 * The first line of a file.
 *
 * @throws UsageError if the file cannot be read or begins with an empty line
 */
export function passphraseFromFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UsageError('the file of --passphrase-file cannot be read: check the path and its permissions');
  }
  const passphrase = text.split(/\r?\n/)[0];
  if (!passphrase)
    throw new UsageError('the file of --passphrase-file begins with an empty line: write the passphrase there');
  return passphrase;
}

/**
 * Asks for a new passphrase, twice, at the terminal. It does not show what is typed.
 *
 * @throws UsageError without a terminal, for an empty passphrase, and if the two differ
 */
export async function askForPassphrase(): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError('--encrypt asks at a terminal, and there is none: use --passphrase-file');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  terminal.on('SIGINT', interrupt).on('close', interrupt);
  const ask = async (question: string) => {
    process.stderr.write(question);
    const answer = await terminal.question('', { signal: interrupted.signal });
    process.stderr.write('\n');
    return answer;
  };
  try {
    const passphrase = await ask('Passphrase for the new key: ');
    if (passphrase === '') throw new UsageError('an empty passphrase protects nothing');
    if ((await ask('The same passphrase again: ')) !== passphrase) throw new UsageError('the two passphrases differ');
    return passphrase;
  } catch (error) {
    if (interrupted.signal.aborted) throw new UsageError('stopped, and no file was written');
    throw error;
  } finally {
    terminal.close();
  }
}
