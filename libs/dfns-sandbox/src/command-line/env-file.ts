import { existsSync, readFileSync } from 'node:fs';
import { writeWhole } from '../state/state-file.js';

/** Writes a value as dotenv files have it: a line break is the two characters `\n`, in quotes. */
export function envLine(name: string, value: string): string {
  const text = value.trim();
  return text.includes('\n') ? `${name}="${text.replaceAll('\n', '\\n')}"` : `${name}=${text}`;
}

/**
 * Writes variables into an env file, with the mode 600. Lines that set one of them are replaced, all other lines stay
 * as they are.
 */
export function writeEnvFile(path: string, variables: Record<string, string>): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeWhole(path, withVariables(before, variables));
}

/** The text of an env file with these variables. */
export function withVariables(text: string, variables: Record<string, string>): string {
  const left = new Map(Object.entries(variables));
  const lines = entries(text).flatMap(({ name, whole }) => {
    if (name === undefined || !(name in variables)) return [whole];
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? [] : [envLine(name, value)];
  });
  const added = [...left].map(([name, value]) => envLine(name, value));
  return [...lines, ...added].map((line) => `${line}\n`).join('');
}

/** The lines of an env file. A value in quotes may have several lines. */
function entries(text: string): { name?: string; whole: string }[] {
  const found: { name?: string; whole: string }[] = [];
  let rest = text.replace(/\r?\n$/, '');
  while (rest !== '' || (found.length === 0 && text !== '')) {
    const pattern = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*')?[^\n]*/;
    const variable = pattern.exec(rest);
    const whole = variable?.[0] ?? (/^[^\n]*/.exec(rest)?.[0] as string);
    found.push({ ...(variable?.[1] && { name: variable[1] }), whole: whole.replace(/\r$/, '') });
    if (rest.length === whole.length) break;
    rest = rest.slice(whole.length + 1);
    if (rest === '') found.push({ whole: '' });
  }
  return found;
}
