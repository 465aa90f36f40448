import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const VERSION = 1;

/** What a state file holds. */
export interface SavedState {
  orgId: string;
  /** The state that a reset returns to, as text. */
  beginning: string;
  /** The last state, as text. */
  last: string;
}

/** Reads a state file. @returns nothing if there is no file @throws Error if it is not a state file */
export function readStateFile(path: string): SavedState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { version, ...saved } = JSON.parse(readFileSync(path, 'utf8')) as SavedState & { version: number };
    if (version === VERSION) return saved;
  } catch {
    // The error says the same as a wrong version.
  }
  throw new Error(`${path} is not a state file of this version of the sandbox`);
}

/** Writes a state file, so that there is always a whole one: the old or the new. Only its owner may read it. */
export function writeStateFile(path: string, saved: SavedState): void {
  writeWhole(path, JSON.stringify({ version: VERSION, ...saved }));
}

/** Writes a file with the mode 600, and replaces an existing one in one step. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
