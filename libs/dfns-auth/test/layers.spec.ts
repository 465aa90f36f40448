import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SourceTree } from '../../../test/support/source-tree.js';

/** The folders from top to bottom. A file imports from its own folder and from lower folders, never from higher ones. */
const LAYERS = [
  '.',
  'edge',
  'webhooks',
  'ceremonies',
  'services',
  'tokens',
  'dto',
  'calls',
  'http',
  'telemetry',
  'config',
  'credentials',
  'sealing',
  'errors',
];

const tree = new SourceTree(join('libs', 'dfns-auth', 'src'), LAYERS);

/** The files that import something whose specifier matches. */
const importing = (pattern: RegExp) =>
  tree.imports.filter(({ specifier }) => pattern.test(specifier)).map(({ file }) => file);

describe('imports of the library', () => {
  it('are found, and lead to files that exist', () => {
    expect(tree.imports.length).toBeGreaterThan(100);
    expect(tree.internal.filter(({ target }) => !tree.files.includes(target))).toEqual([]);
  });

  it('go downward only, and have no circle', () => {
    expect(tree.upward).toEqual([]);
    expect(tree.circles).toEqual([]);
  });

  it('can be resolved in ESM and in Nest 12', () => {
    expect(tree.unresolvable).toEqual([]);
  });

  it('touch @noble/curves in one file', () => {
    expect(new Set(importing(/^@noble\//))).toEqual(new Set(['credentials/elliptic-curves.ts']));
  });

  it('do HTTP in http/ alone', () => {
    const elsewhere = importing(/^(axios|@nestjs\/axios|node:https?|undici)$/).filter(
      (file) => !/^(http\/|dfns-auth\.module\.ts|edge\/http-answers|config\/options)/.test(file),
    );
    expect(elsewhere).toEqual([]);
  });

  it('keep keys, sealing and errors free of Nest', () => {
    expect(importing(/^@nestjs\//).filter((file) => /^(credentials|errors|sealing)\//.test(file))).toEqual([]);
  });
});

describe('files of the library', () => {
  it('are in known folders, and every folder has files', () => {
    expect(tree.strangers).toEqual([]);
  });

  it('have at most 250 lines, and at most a dozen of them less than 30', () => {
    expect(tree.files.filter((file) => tree.linesOf(file) > 250)).toEqual([]);
    expect(tree.files.filter((file) => tree.linesOf(file) < 30).length).toBeLessThanOrEqual(12);
  });

  it('have names that tell them apart', () => {
    expect(tree.oddNames).toEqual([]);
    expect(tree.alikeNames).toEqual([]);
  });
});

describe('dependencies of the library', () => {
  const manifest = JSON.parse(readFileSync(join('libs', 'dfns-auth', 'package.json'), 'utf8'));
  it('are declared, and all but the curves are peers', () => {
    expect(tree.packages.filter((name) => !(name in manifest.peerDependencies))).toEqual(['@noble/curves']);
    expect(Object.keys(manifest.dependencies)).toEqual(['@noble/curves']);
  });

  it('include no package that the application must provide', () => {
    const shared = [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/axios',
      '@nestjs/config',
      'rxjs',
      'reflect-metadata',
      'class-validator',
      'class-transformer',
      'axios',
    ];
    expect(shared.filter((name) => !(name in manifest.peerDependencies))).toEqual([]);
  });

  it('send the version of the package as user agent', () => {
    expect(tree.text('http/request-headers.ts')).toContain(`'nestjs-dfns-auth/${manifest.version}'`);
  });
});
