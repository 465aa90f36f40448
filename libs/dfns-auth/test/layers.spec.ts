import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SRC = join('libs', 'dfns-auth', 'src');

/** The folders from top to bottom. A file imports from its own folder and from lower folders, never from higher ones. */
const LAYERS = [
  '.',
  'edge',
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

interface Import {
  file: string;
  specifier: string;
}

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, specifier]) => ({
    file,
    specifier: specifier as string,
  })),
);

const layerOf = (file: string) => LAYERS.indexOf(posix.dirname(file).split('/')[0] as string);

describe('imports of the library', () => {
  it('exist', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('come only from known folders', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('go downward only', () => {
    const upward = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, specifier }) => ({ file, target: posix.normalize(posix.join(posix.dirname(file), specifier)) }))
      .filter(({ file, target }) => layerOf(target) < layerOf(file));
    expect(upward).toEqual([]);
  });

  it('name each file with its ending, because ESM needs it', () => {
    expect(imports.filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.js'))).toEqual([]);
  });

  const only = (pattern: RegExp) => imports.filter(({ specifier }) => pattern.test(specifier)).map(({ file }) => file);

  it('use @noble/curves in one file', () => {
    expect(new Set(only(/^@noble\//))).toEqual(new Set(['credentials/elliptic-curves.ts']));
  });

  it('use HTTP only in http/', () => {
    expect(
      only(/^(axios|@nestjs\/axios|node:https?|undici)$/).filter(
        (file) => !/^(http\/|dfns-auth\.module\.ts|edge\/http-answers)/.test(file),
      ),
    ).toEqual([]);
  });

  it('use no Nest in credentials/, sealing/ and errors/', () => {
    expect(only(/^@nestjs\//).filter((file) => /^(credentials|errors|sealing)\//.test(file))).toEqual([]);
  });

  it('use Nest only by its package roots, because Nest 12 resolves nothing else', () => {
    expect(only(/^@nestjs\/[\w-]+\//)).toEqual([]);
  });
});

describe('dependencies of the library', () => {
  const manifest = JSON.parse(readFileSync(join('libs', 'dfns-auth', 'package.json'), 'utf8'));
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };

  it('are declared', () => {
    const names = imports
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] as string);
    expect([...new Set(names)].filter((name) => !(name in declared))).toEqual([]);
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
    expect(shared.filter((name) => name in manifest.dependencies || !(name in manifest.peerDependencies))).toEqual([]);
  });

  it('include the version of the package as the user agent', () => {
    expect(readFileSync(join(SRC, 'http', 'request-headers.ts'), 'utf8')).toContain(
      `'nestjs-dfns-auth/${manifest.version}'`,
    );
  });
});
