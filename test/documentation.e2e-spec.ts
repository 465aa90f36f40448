import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => existsSync(file));
const read = (file: string) => readFileSync(file, 'utf8');
const FACTS = 'docs/dfns-api.md';

/** The numbers of the sections of the facts about Dfns. */
const sections = new Set([...read(FACTS).matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map(([, number]) => number));

/** References such as `(dfns-api 3.2, 3.3)`, one number each. */
const references = tracked
  .filter((file) => /\.(ts|mjs|js|md)$/.test(file) && file !== FACTS)
  .flatMap((file) =>
    [...read(file).matchAll(/\bdfns-api (\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)*)*)/g)].flatMap(([, numbers = '']) =>
      numbers.split(/, | and /).map((number) => ({ file, number })),
    ),
  );

describe('references to the facts about Dfns', () => {
  it('are found', () => {
    expect(references.length).toBeGreaterThan(100);
    expect(sections.size).toBeGreaterThan(100);
  });

  it('point at sections that exist', () => {
    expect(references.filter(({ number }) => !sections.has(number))).toEqual([]);
  });

  it('have no other form', () => {
    const others = tracked.filter((file) => /\.(ts|mjs)$/.test(file) && /\(spec \d/.test(read(file)));
    expect(others).toEqual([]);
  });

  it('are numbered without a gap', () => {
    for (const number of sections) {
      const parts = (number as string).split('.').map(Number);
      const last = parts.pop() as number;
      if (last > 1) expect(sections).toContain([...parts, last - 1].join('.'));
    }
  });
});

describe('links of the documents', () => {
  const links = tracked
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)(?:#[^)\s]*)?\)/g)].map(([, target]) => ({
        file,
        target: target as string,
      })),
    );

  it('lead to files that exist', () => {
    expect(links.filter(({ file, target }) => !existsSync(join(dirname(file), target)))).toEqual([]);
  });
});
