import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Only the owner may read and write, whatever the umask of the process is. */
const MODE = 0o600;

/** A key file that was not written. Its message says why and what to do. */
export class KeyFileError extends Error {}

/** One file with its content. */
export interface KeyFile {
  path: string;
  text: string;
}

/**
 * Writes files that only their owner may read. If one cannot be written, none of the new ones stays.
 *
 * @param force replaces files that are there; without it an existing file is an error
 * @throws KeyFileError
 */
export function writeKeyFiles(files: KeyFile[], force: boolean): void {
  for (const { path } of force ? [] : files) {
    if (existsSync(path)) throw existing(path);
  }
  const staged: { path: string; at: string }[] = [];
  try {
    // A replaced file is written beside the old one first, so there is always a whole one.
    for (const { path, text } of files) {
      const at = force ? `${path}.${randomUUID()}` : path;
      create(path, at, text, () => staged.push({ path, at }));
    }
    for (const { path, at } of force ? staged : []) replace(path, at);
  } catch (error) {
    for (const { at } of staged) rmSync(at, { force: true });
    throw error;
  }
}

/** Makes a new file. It follows no link, and fails if there is a file at `at`. */
function create(path: string, at: string, text: string, created: () => void): void {
  try {
    const file = openSync(at, 'wx', MODE);
    created();
    try {
      fchmodSync(file, MODE);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

function replace(path: string, at: string): void {
  try {
    renameSync(at, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function existing(path: string): KeyFileError {
  return new KeyFileError(`${path} exists, and may be the key of a service account: give another --out, or --force`);
}

function unwritable(path: string, error: unknown): KeyFileError {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EEXIST':
      return existing(path);
    case 'ENOENT':
    case 'ENOTDIR':
      return new KeyFileError(
        `${path} cannot be written, because there is no such folder: make it, or give another --out`,
      );
    case 'EISDIR':
      return new KeyFileError(`${path} is a folder: give the name of a file in it with --out`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new KeyFileError(`${path} cannot be written (${code}): choose a folder that is yours with --out`);
    default:
      return new KeyFileError(`${path} cannot be written (${code ?? 'unknown error'}): give another --out`);
  }
}
