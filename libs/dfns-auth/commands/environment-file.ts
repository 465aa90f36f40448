import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UsageError } from './arguments.js';

/** An environment file: its variables, and the numbers of the lines that are no variable. */
export interface EnvironmentFile {
  variables: Record<string, string>;
  wrongLines: number[];
}

const NAME = String.raw`[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=[ \t]*`;
/** A value in quotes may have several lines. */
const QUOTED = new RegExp(String.raw`${NAME}(?:"[^"]*"|'[^']*'|${'`[^`]*`'})[ \t]*(?:#.*)?(?=\n|$)`, 'my');
/** Nothing, a comment, or a value without quotes. */
const PLAIN = new RegExp(String.raw`[ \t]*(?:#.*)?(?=\n|$)|${NAME}(?![ \t]*["'${'`'}]).*(?=\n|$)`, 'my');

/**
 * Reads an environment file as Node does. Node skips lines that it does not understand, such as the further lines of a
 * key without quotes, so they are looked for here.
 *
 * @throws UsageError if the file cannot be read
 */
export function readEnvironmentFile(path: string): EnvironmentFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UsageError('the file of --env-file cannot be read: check the path and its permissions');
  }
  const content = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  return { variables: parseEnv(content) as Record<string, string>, wrongLines: wrongLinesOf(content) };
}

function wrongLinesOf(text: string): number[] {
  const wrong: number[] = [];
  let at = 0;
  for (let line = 1; at < text.length; ) {
    const matched = lengthAt(QUOTED, text, at) ?? lengthAt(PLAIN, text, at);
    if (matched === undefined) wrong.push(line);
    const end = matched === undefined ? endOfLine(text, at) : at + matched;
    line += text.slice(at, end + 1).split('\n').length - 1;
    at = end + 1;
  }
  return wrong;
}

function lengthAt(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
