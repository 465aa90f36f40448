import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { GLOBALS_OF_TESTS, writeSnippets } from './support/snippets.js';

const GUIDES = 'docs/guides';
const FOLDER = resolve('artifacts', 'guides');

const TEST = /\.(test|spec)\.ts$/;
const guides = readdirSync(GUIDES)
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ name: basename(file, '.md'), snippets: writeSnippets(join(GUIDES, file), folderOf(file)) }));

function folderOf(file: string): string {
  return join(FOLDER, basename(file, '.md'));
}

/** Runs the tests that the guides show, without a change. */
for (const { name, snippets } of guides) {
  for (const { name: file } of snippets.filter(({ name }) => TEST.test(name))) {
    await import(join(FOLDER, name, file));
  }
}

describe('the guides', () => {
  it('have examples that compile with strict rules and the published types', async () => {
    const settings = {
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '.', lib: ['es2023', 'es2024.string', 'dom'], jsx: 'react-jsx' },
      include: ['**/*.ts', '**/*.tsx'],
      exclude: [],
    };
    writeFileSync(join(FOLDER, 'globals.d.ts'), GLOBALS_OF_TESTS);
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = [resolve('node_modules/typescript/bin/tsc'), '-p', FOLDER, '--noEmit'];
    const { stdout } = await promisify(execFile)(process.execPath, tsc).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  }, 60_000);

  it('show how to test what they show', () => {
    const untested = guides.filter(
      ({ snippets }) => snippets.length > 0 && !snippets.some(({ name }) => TEST.test(name)),
    );
    expect(untested.map(({ name }) => name)).toEqual([]);
  });
});
