import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DFNS_ERROR_CODES, DFNS_ERRORS, type DfnsErrorCode } from 'nestjs-dfns-auth';
// The tables of the options and of the services are not public; documents are made from them.
import { OPTIONS } from '../src/config/option-table.js';
import { SERVICES } from '../src/injection.js';

const { DOCUMENTS, withTables } = await import(join(process.cwd(), 'scripts', 'tables.mjs'));
const source = (file: string) => readFileSync(join('libs', 'dfns-auth', 'src', file), 'utf8');
const oneLine = (text: string) =>
  text
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();

describe('the table of errors', () => {
  it.each(Object.entries(DFNS_ERRORS))('documents %s with what it says', (code, { when, fix }) => {
    const docstring = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s+${code}: \\{`).exec(
      source('errors/error-table.ts'),
    );
    expect(oneLine(docstring?.[1] ?? '')).toBe(`${when} ${fix}`);
  });

  it('names every code that the library throws, and no other', () => {
    const thrown = new Set<string>();
    for (const code of DFNS_ERROR_CODES) if (new RegExp(`'${code}'`).test(sources())) thrown.add(code);
    expect(new Set(DFNS_ERROR_CODES)).toEqual(thrown);
  });
});

describe('the table of options', () => {
  it('has the default that each option documents', () => {
    const documented = [...source('config/options.ts').matchAll(/@default (\S+) \*\/\s+(\w+)\?:/g)].map(
      ([, value, name]) => ({ name, value: value?.replaceAll('_', '') }),
    );
    const known = Object.entries(OPTIONS).map(([path, { default: value }]) => ({
      name: path.split('.').at(-1),
      value: String(value ?? ''),
    }));
    expect(documented.length).toBeGreaterThan(10);
    for (const { name, value } of documented) {
      if (['none:', 'false'].includes(value as string)) continue;
      expect(known).toContainEqual({ name, value });
    }
    for (const { name, value } of known) if (value !== '') expect(documented).toContainEqual({ name, value });
  });
});

describe('a document', () => {
  it.each<string>(DOCUMENTS)('%s has the tables of the code: npm run tables writes them', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^<!-- table \w+ -->$/m);
    expect(text).toBe(withTables(text, { DFNS_ERRORS, OPTIONS }));
  });

  it.each(['docs/reference/errors.md', 'docs/guides/troubleshooting.md'])('%s names every code', (file) => {
    const text = readFileSync(file, 'utf8');
    for (const code of DFNS_ERROR_CODES satisfies readonly DfnsErrorCode[]) expect(text).toContain(`| \`${code}\` |`);
  });
});

describe('the reference', () => {
  const services = readFileSync('docs/reference/services.md', 'utf8');

  it.each(Object.keys(SERVICES).filter((name) => name !== 'DfnsHealthIndicator' && name !== 'DfnsIdentity'))(
    'says what %s is for',
    (name) => {
      expect(services).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
    },
  );
});

/** The text of everything that may throw. */
function sources(): string {
  const files = ['http/failures.ts', 'http/answer-reader.ts', 'http/call-scope.ts', 'http/request-text.ts'];
  const more = ['calls/user-action-steps.ts', 'credentials/key-signer.ts', 'ceremonies/open-ceremonies.ts'];
  const others = ['config/option-table.ts', 'webhooks/webhook-signature.ts'];
  return [...files, ...more, ...others].map(source).join('\n');
}
