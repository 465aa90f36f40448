import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SourceTree } from '../../../test/support/source-tree.js';
import { BIN } from './support/use-commands.js';

const tree = new SourceTree(join('libs', 'dfns-auth', 'commands'), ['.']);
const manifest = JSON.parse(readFileSync(join('libs', 'dfns-auth', 'package.json'), 'utf8'));

/** The files that may be loaded by these files, themselves included. Imports that are `import(…)` are not followed. */
function reachableFrom(...files: string[]): string[] {
  const found = new Set(files);
  for (const file of found) for (const one of tree.internal) if (one.file === file) found.add(one.target);
  return [...found];
}

describe('the commands', () => {
  it('are small files without circles', () => {
    expect(tree.internal.filter(({ target }) => !tree.files.includes(target))).toEqual([]);
    expect(tree.circles).toEqual([]);
    expect([...tree.oddNames, ...tree.alikeNames]).toEqual([]);
    expect(tree.files.filter((file) => tree.linesOf(file) > 250)).toEqual([]);
  });

  it('use the library through its public entry, and a few parts of its inside', () => {
    const inside = tree.imports.map(({ specifier }) => specifier).filter((specifier) => specifier.startsWith('#'));
    expect([...new Set(inside)].sort()).toEqual([
      '#library/config/environment.js',
      '#library/config/known-variables.js',
      '#library/config/nearest-name.js',
      '#library/config/option-table.js',
      '#library/credentials/token-claims.js',
      '#library/http/secret-scrubber.js',
      '#library/sealing/sealer.js',
    ]);
  });

  it('use declared packages only, and keygen none', () => {
    const declared = { ...manifest.peerDependencies, [manifest.name]: '' };
    const packages = tree.packages.filter((name) => !name.startsWith('#'));
    expect(packages.filter((name) => !(name in declared))).toEqual([]);
    const ofKeygen = reachableFrom('keygen.ts');
    const imported = tree.imports.filter(({ file }) => ofKeygen.includes(file)).map(({ specifier }) => specifier);
    const foreign = imported.filter((specifier) => !/^(\.|node:)/.test(specifier));
    // A file without imports.
    expect(new Set(foreign)).toEqual(new Set(['#library/config/nearest-name.js']));
    expect(readFileSync(join('libs', 'dfns-auth', 'src', 'config', 'nearest-name.ts'), 'utf8')).not.toMatch(/^import/m);
  });

  it('are in the package, as one program', () => {
    expect(manifest.bin).toEqual({ 'dfns-auth': './bin/dfns-auth.js' });
    expect(manifest.files).toEqual(expect.arrayContaining(['bin', 'dist']));
    expect(readFileSync(BIN, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(BIN).mode & 0o111).not.toBe(0);
  });
});
